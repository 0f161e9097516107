"""What an update does to what runs, in the words of the settings table's column of changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from operations.facts import CLUSTER, DATABASES, STATEFUL_SET, Action, Operation
from operations.plans import claim_templates

NOTHING, IN_PLACE = "nothing", "in place"
GROWING = "needs grow-disks"
"""Not a thing that an update does: it is refused, and names the command."""
CLAIM_TEMPLATE = re.compile(
    r"spec\.volumeClaimTemplates\[[0-9]+\]\.spec\.(resources\.requests\.storage|dataSource(\..+)?)"
)
"""What the command changes of a StatefulSet: how large new claims are, and what they are filled from."""
NOUNS: Mapping[str, str] = {
    "gcp:compute/address:Address": "reserved addresses",
    "gcp:compute/disk:Disk": "disk",
    "gcp:compute/regionDisk:RegionDisk": "disk",
    CLUSTER: "cluster",
    "gcp:container/nodePool:NodePool": "system pool",
    "gcp:dns/recordSet:RecordSet": "DNS records",
    "gcp:gkebackup/backupPlan:BackupPlan": "backup plan",
    "gcp:kms/cryptoKey:CryptoKey": "key",
    "gcp:kms/keyRing:KeyRing": "key",
    "kubernetes:apps/v1:Deployment": "proxies",
    STATEFUL_SET: "nodes",
    "kubernetes:core/v1:Namespace": "namespace",
    "kubernetes:core/v1:PersistentVolume": "volume",
    "kubernetes:core/v1:PersistentVolumeClaim": "claim",
    **dict.fromkeys(DATABASES, "database"),
}
"""What the things that run or guard data are called; everything else by its kind."""
ROLLS: Mapping[str, str] = {
    "gcp:container/nodePool:NodePool": "nodeConfig",
    "kubernetes:apps/v1:Deployment": "spec.template",
    STATEFUL_SET: "spec.template",
}
"""Below which property a change makes new machines or pods."""
SET_ON_RUNNING_MACHINES = ("labels", "resourceLabels", "tags", "taints")
"""Properties of a pool's machines that Google changes without new machines:
https://cloud.google.com/kubernetes-engine/docs/how-to/update-existing-nodepools (labels, taints, and tags by its
link); resourceLabels are those of the virtual machines, which the pool's update sets likewise.
"""
RENEWED = ("kubernetes:core/v1:ConfigMap", "pulumi:providers:")
"""Beginnings of types that are made anew without anybody's notice: ConfigMaps carry their content's checksum in their
name, so that the pods that read them say what happens, and providers are the engine's own."""


def effects(operations: Iterable[Operation]) -> tuple[str, ...]:
    """The effects of a run, sorted: `nothing`, `in place`, or whatever is stronger than that.

    A cluster that goes takes everything inside with it: then nothing else is said.
    """
    said = {effect(operation) for operation in operations} - {NOTHING}
    whole = {f"{verb} the cluster" for verb in ("replaces", "deletes")} & said
    return tuple(sorted(whole or said - {IN_PLACE} or said)) or (NOTHING,)


def effect(operation: Operation) -> str:
    """The effect of one operation. Outputs of the stack are only told, and what is new disturbs nothing."""
    if operation.action in (Action.SAME, Action.CLEAN_UP) or operation.type == "pulumi:pulumi:Stack":
        return NOTHING
    if (
        operation.type == STATEFUL_SET
        and operation.forced_by
        and all(map(CLAIM_TEMPLATE.fullmatch, operation.forced_by))
        and not any(change.shrinks for change in claim_templates.changed([operation]))
    ):
        return GROWING
    if operation.action is Action.REPLACE and not operation.type.startswith(RENEWED):
        return f"replaces the {noun(operation)}"
    if operation.action is Action.DELETE and operation.type in NOUNS:
        return f"deletes the {noun(operation)}"
    if operation.action is Action.UPDATE and any(rolls(operation.type, path) for path in operation.paths):
        return f"rolls the {noun(operation)}"
    return IN_PLACE


def noun(operation: Operation) -> str:
    """What the resource is called in a sentence."""
    return NOUNS.get(operation.type) or operation.type.rsplit(":", 1)[-1]


def rolls(type: str, path: str) -> bool:
    """Whether a change at `path` of a resource of this type makes new machines or pods."""
    above = ROLLS.get(type)
    if above is None or not f"{path}.".startswith(f"{above}."):
        return False
    inside = path.removeprefix(f"{above}.").partition(".")[0].partition("[")[0]
    return not (above == "nodeConfig" and inside in SET_ON_RUNNING_MACHINES)
