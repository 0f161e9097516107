"""Namespaces have the API server refuse pods that are not *restricted*: the last line, whoever creates the pod.

Absent, the label means *privileged*: nothing is refused. The version counts too: `enforce-version` of an older
Kubernetes leaves out the checks that came later; absent means `latest`, that of the cluster itself. In a patch only
labels that it gives are judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pydantic import Field as Setting

from guardrails.conditions import unless
from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.pod_security import MINOR, VERSION
from guardrails.resource import Resource
from guardrails.scalars import text

_LEVEL: Final = "pod-security.kubernetes.io/enforce"
_VERSION: Final = "pod-security.kubernetes.io/enforce-version"
_FIX: Final = f"set the label {_LEVEL}: restricted"


class ExemptNamespaces(Parameters):
    """Which namespaces may go without."""

    exempt: list[str] = Setting(
        default=[
            "kube-system",
            "kube-public",
            "kube-node-lease",
            "gke-managed-cim",
            "gke-managed-system",
            "gmp-public",
            "gmp-system",
        ],
        description="Names of namespaces that are not judged: those that Kubernetes and GKE make for their own pods.",
    )


def judge(resource: Resource, parameters: ExemptNamespaces) -> Iterator[Outcome]:
    """One finding for a level that is not restricted, one for a version older than the one that the pack checks."""
    if resource.kind != ("core", "Namespace"):
        return
    root = Field.root(resource)
    name = text(root.at("metadata", "name"))
    labels = root.object_at("metadata", "labels")
    if isinstance(labels, Unjudged):
        outcomes: list[Outcome] = [labels]
    else:
        outcomes = [*_level(labels.at(_LEVEL), resource), *_version(labels.at(_VERSION))]
    yield from unless(name if isinstance(name, Unjudged) else name in parameters.exempt, outcomes)


def _level(label: Field | Unjudged, resource: Resource) -> Iterator[Outcome]:
    level = text(label)
    if isinstance(level, Unjudged):
        yield level
    elif level is None:
        if not resource.is_patch:
            yield Finding(path=label.path, found="nothing, which means privileged", allowed="restricted", fix=_FIX)
    elif level != "restricted":
        yield Finding(path=label.path, found=quoted(level), allowed="restricted", fix=_FIX)


def _version(label: Field | Unjudged) -> Iterator[Outcome]:
    version = text(label)
    if isinstance(version, Unjudged):
        yield version
    elif version not in (None, "latest") and not _is_current(version or ""):
        yield Finding(
            path=label.path,
            found=quoted(version),
            allowed=f"latest, {VERSION} or a later one, or no label",
            fix="remove the label, or set it to latest",
        )


def _is_current(version: str) -> bool:
    match = re.fullmatch(r"v1\.(0|[1-9][0-9]{0,3})", version, re.ASCII)
    return match is not None and int(match[1]) >= MINOR


CONTROL: Final = Control(
    id="namespace-enforces-restricted",
    title="Every namespace enforces the Pod Security Standard restricted",
    reason=(
        'The label says which level the API server holds every pod of the namespace to: with enforce, "policy '
        'violations will cause the pod to be rejected", whoever creates it and by whatever way.'
    ),
    source=Source(
        title="Kubernetes, Pod Security Admission",
        url="https://kubernetes.io/docs/concepts/security/pod-security-admission/",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=ExemptNamespaces(),
    remediation=(
        f"Give the namespace the label {_LEVEL}: restricted, and the same with warn, so that whoever applies a "
        "workload is told. Pods that need more get a namespace of their own, with an exemption that says why."
    ),
    judge=judge,
)
