"""Volumes can grow. Absent means false to Kubernetes; a patch that does not name the field leaves it as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import PRODUCTION, Control, Finding, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Finding | Unjudged]:
    """One finding for a StorageClass whose claims can never ask for more."""
    if resource.kind != ("storage.k8s.io", "StorageClass"):
        return
    expandable = Field.root(resource).at("allowVolumeExpansion")
    if isinstance(expandable, Unjudged):
        yield expandable
    elif expandable.value is not True and not (expandable.value is None and resource.is_patch):
        yield Finding(
            path=expandable.path,
            found="nothing, which means false" if expandable.value is None else quoted(expandable.value),
            allowed="true",
            fix="set allowVolumeExpansion to true",
        )


CONTROL: Final = Control(
    id="storage-class-expandable",
    title="Volumes can be expanded",
    reason=(
        '"This allows you to resize the volume by editing the corresponding PVC object, requesting a new larger amount '
        'of storage", and only "when the underlying StorageClass has the field allowVolumeExpansion set to true". A '
        "chain's database grows for as long as the chain lives."
    ),
    source=Source(
        title="Kubernetes documentation, Storage Classes: Volume expansion",
        url="https://kubernetes.io/docs/concepts/storage/storage-classes/#allow-volume-expansion",
    ),
    severity=Severity.MEDIUM,
    levels=PRODUCTION,
    parameters=Parameters(),
    remediation="Set allowVolumeExpansion to true; a StorageClass takes that change in place.",
    judge=judge,
)
