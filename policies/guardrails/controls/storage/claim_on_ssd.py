"""Claims lead to SSDs, followed from the claim to its StorageClass and on to the disk's type.

Decided:
- pd-balanced counts as an SSD. Google: balanced Persistent Disks are backed by solid-state drives, an alternative to
  SSD Persistent Disks that balances performance and cost. Whoever needs more takes it out of `types`.
- A claim without a class gets the cluster's default, which is standard-rwo (pd-balanced) on GKE. That is a finding, for
  the default is decided by nobody here and can be changed behind a template that itself never can. A class of the stack
  that is marked as the default is declared, and is followed instead.
- The in-tree provisioner kubernetes.io/gce-pd is a finding, whatever the type: only its migration to the driver is
  left.
- Volumes that go with their pod (`ephemeral`) are scratch space and may be slow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field as Parameter

from guardrails.claims import DRIVER, GKE_CLASSES, GKE_DEFAULT_CLASS, Disk, StorageClasses, claims
from guardrails.control import PRODUCTION, Finding, Parameters, Placed, Severity, Source, StackControl, Unjudged
from guardrails.plain import quoted
from guardrails.resource import Stack


class DiskTypes(Parameters):
    """Which disks count, and which classes are known without being declared."""

    types: list[str] = Parameter(
        default=[
            "pd-ssd",
            "pd-balanced",
            "pd-extreme",
            "hyperdisk-balanced",
            "hyperdisk-balanced-high-availability",
            "hyperdisk-extreme",
        ],
        description="Disk types that count as SSDs, as a StorageClass writes them in parameters.type",
    )
    classes_elsewhere: list[str] = Parameter(
        default=[], description="Names of SSD StorageClasses that another stack declares in the same cluster"
    )


def judge(stack: Stack, parameters: DiskTypes) -> Iterator[Placed]:
    """One finding for each claim and claim template that does not end at an SSD."""
    classes = StorageClasses(stack)
    for resource, claim in claims(stack):
        disk = claim if isinstance(claim, Unjudged) else classes.disk_of(claim)
        if isinstance(disk, Unjudged):
            yield resource, disk
        elif problem := _problem(disk, parameters):
            yield (
                resource,
                Finding(
                    path=disk.path,
                    found=problem,
                    allowed=f"a StorageClass of the provisioner {DRIVER} with one of the types {_list(parameters)}",
                    fix="name a StorageClass of the stack that makes such disks, or GKE's premium-rwo",
                ),
            )


def _problem(disk: Disk, parameters: DiskTypes) -> str | None:
    name = quoted(disk.class_name)
    if disk.class_name is None:
        return (
            f"no class, which leaves it to the cluster's default (on GKE {GKE_DEFAULT_CLASS}, a disk of type "
            f"{GKE_CLASSES[GKE_DEFAULT_CLASS]})"
        )
    if disk.type is None:
        known = disk.class_name in parameters.classes_elsewhere
        return None if known else f"{name}, a class that neither the stack declares nor GKE has for its disks"
    if disk.provisioner != DRIVER:
        return f"{name}, whose provisioner is {quoted(disk.provisioner)}"
    if disk.type not in parameters.types:
        return f"{name}, whose disks are of type {quoted(disk.type)}"
    return None


def _list(parameters: DiskTypes) -> str:
    return ", ".join(parameters.types)


CONTROL: Final = StackControl(
    id="claim-on-ssd",
    title="Every claim leads to an SSD",
    reason=(
        "Google backs standard Persistent Disks by hard disk drives, made for large sequential reads, and balanced and "
        "SSD ones by solid-state drives. A chain's database reads at random: on a hard disk a node never catches up. "
        "A class that is declared and not named by the claim changes nothing."
    ),
    source=Source(
        title="Google Cloud, Persistent volumes and dynamic provisioning",
        url="https://cloud.google.com/kubernetes-engine/docs/concepts/persistent-volumes#storageclasses",
    ),
    severity=Severity.HIGH,
    levels=PRODUCTION,
    parameters=DiskTypes(),
    remediation=(
        "Give the claim a storageClassName, and the StorageClass of that name the provisioner pd.csi.storage.gke.io "
        "and a parameters.type that is an SSD. Templates of a StatefulSet are immutable: the StatefulSet is made again."
    ),
    judge=judge,
)
