"""Volumes on nodes, after external-attacher; and which pods may start because theirs are there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sandbox.dataplane.changes import Action, Json, Patch, Wait, name_of
from sandbox.dataplane.disks import attaches
from sandbox.dataplane.facts import DRIVER, Facts, by_key, by_name
from sandbox.dataplane.machines import Machine, catalogue
from sandbox.dataplane.node_objects import ASKS
from sandbox.dataplane.scheduling import claim_names

# kwok knows nothing of volumes: stages/pod.yaml starts a pod with claims once it carries this.
ATTACHED = "p2p-nodes.sandbox/volumes-attached"


def plan(facts: Facts) -> list[Action]:
    """Attachments succeed if the disk exists and works with the machine; pods whose volumes are attached may start."""
    if facts.cluster is None:
        return []
    ours = [a for a in facts.attachments if a["spec"]["attacher"] == DRIVER]
    actions: list[Action] = []
    for attachment in ours:
        if not attachment["metadata"].get("deletionTimestamp"):
            actions.extend(_attach(facts, attachment))
    look = _Look(
        claims=by_key(facts.claims),
        volumes=by_name(facts.volumes),
        asking={n["metadata"]["name"] for n in facts.nodes if ASKS in (n["metadata"].get("annotations") or {})},
        attached={
            (a["spec"]["source"].get("persistentVolumeName"), a["spec"]["nodeName"])
            for a in ours
            if (a.get("status") or {}).get("attached")
        },
    )
    for pod in facts.pods:
        if _waits(pod) and all(look.is_there(pod, name) for name in claim_names(pod)):
            actions.append(Action(changes=(_may_start(pod),)))
    return actions


@dataclass(frozen=True, kw_only=True)
class _Look:
    claims: Mapping[tuple[str, str], Json]
    volumes: Mapping[str, Json]
    asking: Collection[str]
    attached: Collection[tuple[str | None, str]]

    def is_there(self, pod: Json, claim_name: str) -> bool:
        """Whether the volume of a pod's claim is where the pod is."""
        claim = self.claims.get((pod["metadata"]["namespace"], claim_name)) or {"spec": {}}
        volume = self.volumes.get(claim["spec"].get("volumeName") or "")
        if volume is None:
            return False
        # Nobody attaches volumes of other drivers, nor to nodes that were made before they asked for it.
        node = pod["spec"]["nodeName"]
        if (volume["spec"].get("csi") or {}).get("driver") != DRIVER or node not in self.asking:
            return True
        return (volume["metadata"]["name"], node) in self.attached


def _attach(facts: Facts, attachment: Json) -> list[Action]:
    status = attachment.get("status") or {}
    volume = by_name(facts.volumes).get(attachment["spec"]["source"].get("persistentVolumeName") or "")
    if status.get("attached") or volume is None:
        return []
    node = attachment["spec"]["nodeName"]
    if refusal := _refusal(facts, volume["spec"]["csi"]["volumeHandle"], node):
        if (status.get("attachError") or {}).get("message") == refusal:
            return []
        failed = _status(attachment, attached=False, attachError={"message": refusal, "time": facts.stamp})
        return [Action(changes=(failed,))]
    wait = Wait(
        row="disk-attach",
        key=f"attach {attachment['metadata']['uid']}",
        about=f"{name_of(volume)} to {node}",
        since=attachment["metadata"]["creationTimestamp"],
    )
    return [Action(changes=(_status(attachment, attached=True, attachError=None),), wait=wait)]


def _refusal(facts: Facts, handle: str, node: str) -> str:
    """Why the driver cannot attach a disk to a node, in its words."""
    disk, machine = facts.records.get(handle), _machine(facts, node)
    if disk is None:
        return f"rpc error: code = NotFound desc = the disk {handle} does not exist"
    type = str(disk.outputs.get("type") or "")
    if machine is not None and not attaches(type, machine):
        return (
            f"rpc error: code = InvalidArgument desc = '{type}' is not a compatible disk type with the machine type "
            f"{machine.type}, please review the GCP online documentation for available persistent disk options"
        )
    return ""


def _machine(facts: Facts, node: str) -> Machine | None:
    labels = by_name(facts.nodes).get(node, {"metadata": {}})["metadata"].get("labels") or {}
    return catalogue().get(labels.get("node.kubernetes.io/instance-type") or "")


def _waits(pod: Json) -> bool:
    metadata, status = pod["metadata"], pod.get("status") or {}
    return (
        bool(pod["spec"].get("nodeName"))
        and bool(claim_names(pod))
        and not status.get("podIP")
        and not metadata.get("deletionTimestamp")
        and ATTACHED not in (metadata.get("annotations") or {})
    )


def _may_start(pod: Json) -> Patch:
    return Patch(
        kind="Pod",
        namespace=pod["metadata"]["namespace"],
        name=pod["metadata"]["name"],
        body={"metadata": {"annotations": {ATTACHED: "true"}}},
    )


def _status(attachment: Json, **status: object) -> Patch:
    return Patch(
        kind="VolumeAttachment",
        namespace="",
        name=attachment["metadata"]["name"],
        body={"status": status},
        subresource="status",
    )
