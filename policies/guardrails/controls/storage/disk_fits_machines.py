"""The disks of a pod's claims can be attached to the machines that the pod may land on.

Followed are the node selectors `cloud.google.com/compute-class` (to the families and machine types of that ComputeClass
of the stack), `cloud.google.com/machine-family` and `node.kubernetes.io/instance-type`; node affinity is not. Decided:
rules of a ComputeClass that name neither family nor type, and pods without a selector, leave the choice to GKE and are
not judged. `whenUnsatisfiable: ScaleUpAnyway` adds E2, which GKE then makes whatever disks the pods have. A claim
without a class has a disk of GKE's default, pd-balanced, unless the stack marks a class of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.claims import Disk, StorageClasses, claim_templates
from guardrails.control import (
    EVERYWHERE,
    Finding,
    Outcome,
    Parameters,
    Placed,
    Severity,
    Source,
    StackControl,
    Unjudged,
)
from guardrails.fields import Field
from guardrails.machine_disks import DISKS, KNOWN_DISKS, family_of
from guardrails.objects import namespace, object_name
from guardrails.plain import quoted
from guardrails.pods import pod_spec
from guardrails.resource import Resource, Stack

_COMPUTE_CLASS: Final = "cloud.google.com/compute-class"
_MACHINE_FAMILY: Final = "cloud.google.com/machine-family"
_MACHINE_TYPE: Final = "node.kubernetes.io/instance-type"


def judge(stack: Stack, _: Parameters) -> Iterator[Placed]:
    """One finding for each claim of a workload whose disk some machines of that workload cannot attach."""
    classes = StorageClasses(stack)
    for resource in stack.resources:
        spec = None if resource.is_patch else pod_spec(resource)
        if not isinstance(spec, Field):
            continue
        disks = list(_disks(resource, spec, stack, classes))
        if not disks:
            continue
        families: list[str] = []
        for family in _families(spec, stack):
            if isinstance(family, Unjudged):
                yield resource, family
            else:
                families.append(family)
        if families:
            for disk in disks:
                yield from ((resource, outcome) for outcome in _outcomes(disk, list(dict.fromkeys(families))))


def _disks(resource: Resource, spec: Field, stack: Stack, classes: StorageClasses) -> Iterator[Disk | Unjudged]:
    """The disks of the templates, of the claims that volumes name, and of those that go with the pod."""
    if resource.kind == ("apps", "StatefulSet"):
        for template in claim_templates(resource):
            yield template if isinstance(template, Unjudged) else classes.disk_of(template)
    volumes = spec.at("volumes")
    for volume in [volumes] if isinstance(volumes, Unjudged) else volumes.elements():
        if isinstance(volume, Unjudged):
            yield volume
            continue
        claim = volume.at("persistentVolumeClaim", "claimName")
        ephemeral = volume.at("ephemeral", "volumeClaimTemplate")
        if isinstance(claim, Unjudged):
            yield claim
        elif isinstance(ephemeral, Unjudged):
            yield ephemeral
        elif isinstance(claim.value, str):
            yield from _named(claim, resource, stack, classes)
        elif ephemeral.value is not None:
            yield classes.disk_of(ephemeral)


def _named(claim: Field, pod: Resource, stack: Stack, classes: StorageClasses) -> Iterator[Disk | Unjudged]:
    for resource in stack.of_kind("core", "PersistentVolumeClaim"):
        if object_name(resource) != Field(path="metadata.name", value=claim.value):
            continue
        here, there = namespace(pod), namespace(resource)
        if isinstance(here, Field) and isinstance(there, Field) and here.value != there.value:
            continue
        disk = classes.disk_of(Field.root(resource))
        if isinstance(disk, Unjudged):
            yield Unjudged(path=claim.path, reason=f"names {resource.title}, whose {disk.path} {disk.reason}")
        else:
            yield Disk(path=claim.path, class_name=disk.class_name, type=disk.type, provisioner=disk.provisioner)
        return


def _families(spec: Field, stack: Stack) -> Iterator[str | Unjudged]:
    selector = spec.object_at("nodeSelector")
    if isinstance(selector, Unjudged):
        yield selector
        return
    for key in (_COMPUTE_CLASS, _MACHINE_FAMILY, _MACHINE_TYPE):
        value = selector.at(key)
        if isinstance(value, Unjudged):
            yield value
        elif isinstance(value.value, str):
            yield from _of_compute_class(value, stack) if key == _COMPUTE_CLASS else [family_of(value.value)]
        elif value.value is not None:
            yield value.malformed("a string")


def _of_compute_class(selector: Field, stack: Stack) -> Iterator[str | Unjudged]:
    for resource in stack.of_kind("cloud.google.com", "ComputeClass"):
        if object_name(resource) == Field(path="metadata.name", value=selector.value):
            for family in _of_rules(resource):
                yield _through(selector, resource, family) if isinstance(family, Unjudged) else family
            return
    yield Unjudged(
        path=selector.path, reason=f"names {quoted(selector.value)}, a ComputeClass the stack does not declare"
    )


def _of_rules(compute_class: Resource) -> Iterator[str | Unjudged]:
    spec = Field.root(compute_class).object_at("spec")
    if isinstance(spec, Unjudged):
        yield spec
        return
    rules, otherwise = spec.at("priorities"), spec.at("whenUnsatisfiable")
    for element in [rules] if isinstance(rules, Unjudged) else rules.elements():
        rule = element if isinstance(element, Unjudged) else element.object_at()
        if isinstance(rule, Unjudged):
            yield rule
            continue
        for machines in (rule.at("machineFamily"), rule.at("machineType")):
            if isinstance(machines, Unjudged):
                yield machines
            elif isinstance(machines.value, str):
                yield family_of(machines.value)
    if isinstance(otherwise, Unjudged):
        yield otherwise
    elif otherwise.value == "ScaleUpAnyway":
        yield "e2"


def _through(selector: Field, compute_class: Resource, unjudged: Unjudged) -> Unjudged:
    reason = f"leads to {compute_class.title}, whose {unjudged.path} {unjudged.reason}"
    return Unjudged(path=selector.path, reason=reason)


def _outcomes(disk: Disk | Unjudged, families: list[str]) -> Iterator[Outcome]:
    if isinstance(disk, Unjudged):
        yield disk
        return
    if disk.type is None:
        return
    unknown = [family for family in families if family not in DISKS]
    if disk.type not in KNOWN_DISKS:
        reason = f"leads to a disk of type {quoted(disk.type)}, of which this control does not know the machines"
        yield Unjudged(path=disk.path, reason=reason)
        return
    refusing = [family for family in families if family in DISKS and disk.type not in DISKS[family]]
    if refusing:
        attached = "; ".join(f"{one} attaches {', '.join(sorted(DISKS[one]))}" for one in families if one in DISKS)
        yield Finding(
            path=disk.path,
            found=f"a disk of type {quoted(disk.type)}, which machines of {', '.join(refusing)} cannot attach",
            allowed=f"a disk that every family of the pod attaches: {attached}",
            fix="name a class with another disk type, or take the family out of the pod's choice",
        )
    elif unknown:
        reason = f"leads to machines of {quoted(', '.join(unknown))}, of which this control does not know the disks"
        yield Unjudged(path=disk.path, reason=reason)


CONTROL: Final = StackControl(
    id="disk-fits-machines",
    title="Machines can attach the disks of their pods",
    reason=(
        "Each machine series has its own list of supported disk types: N4 and C4 take Hyperdisk and no Persistent "
        "Disk, E2 and N1 the other way round. A pod whose machine cannot attach its disk never starts, and no preview "
        "says so."
    ),
    source=Source(
        title="Google Cloud, General-purpose machine family: supported disk types",
        url="https://cloud.google.com/compute/docs/general-purpose-machines",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Choose the disk type and the machine families together: pd-ssd or pd-balanced with E2, N1, N2 and N2D, "
        "hyperdisk-balanced with N4 and C4, either with C3; and name the families in a ComputeClass."
    ),
    judge=judge,
)
