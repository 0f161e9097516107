"""Disks outlive their claims. Absent means Delete to Kubernetes; a patch that does not name the field leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import PRODUCTION_ALONE, Control, Finding, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Finding | Unjudged]:
    """One finding for a StorageClass whose disks are deleted with their claims."""
    if resource.kind != ("storage.k8s.io", "StorageClass"):
        return
    policy = Field.root(resource).at("reclaimPolicy")
    if isinstance(policy, Unjudged):
        yield policy
    elif policy.value != "Retain" and not (policy.value is None and resource.is_patch):
        yield Finding(
            path=policy.path,
            found="nothing, which means Delete" if policy.value is None else quoted(policy.value),
            allowed="Retain",
            fix="set reclaimPolicy to Retain",
        )


CONTROL: Final = Control(
    id="storage-class-retains",
    title="Disks are kept when their claims are deleted",
    reason=(
        '"If no reclaimPolicy is specified when a StorageClass object is created, it will default to Delete": the disk '
        "goes with its claim, and a claim goes with one command. A retained one can be bound again."
    ),
    source=Source(
        title="Kubernetes documentation, Storage Classes: Reclaim policy",
        url="https://kubernetes.io/docs/concepts/storage/storage-classes/#reclaim-policy",
    ),
    severity=Severity.HIGH,
    levels=PRODUCTION_ALONE,
    parameters=Parameters(),
    remediation=(
        "Set reclaimPolicy to Retain. The field is immutable, so the StorageClass is made again; volumes that are "
        "there keep the policy they were made with and need it changed on the PersistentVolume."
    ),
    judge=judge,
)
