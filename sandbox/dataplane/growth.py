"""Growth of volumes, after external-resizer and the kubelet: disk, then PersistentVolume, then the claim's status."""

from __future__ import annotations

from sandbox.dataplane.changes import Action, Emit, Json, Patch, PutRecord, Wait, name_of
from sandbox.dataplane.disks import disk_types, gib, resized
from sandbox.dataplane.facts import DRIVER, Facts, by_name, condition
from sandbox.dataplane.requests import quantity
from sandbox.dataplane.scheduling import claim_names

RESIZER = "external-resizer pd.csi.storage.gke.io"


def plan(facts: Facts) -> list[Action]:
    """The next step of every claim that asks for more than it has. Nothing ever shrinks."""
    if facts.cluster is None:
        return []
    volumes, classes = by_name(facts.volumes), by_name(facts.storage_classes)
    actions: list[Action] = []
    for claim in facts.claims:
        volume = volumes.get(claim["spec"].get("volumeName") or "")
        held = ((claim.get("status") or {}).get("capacity") or {}).get("storage")
        if volume is None or held is None or (volume["spec"].get("csi") or {}).get("driver") != DRIVER:
            continue
        storage_class = classes.get(claim["spec"].get("storageClassName") or "") or {}
        wanted = quantity(claim["spec"]["resources"]["requests"]["storage"])
        if wanted > quantity(volume["spec"]["capacity"]["storage"]):
            if storage_class.get("allowVolumeExpansion"):
                actions.append(_grow_disk(facts, claim, volume))
        elif quantity(volume["spec"]["capacity"]["storage"]) > quantity(held):
            actions.extend(_grow_filesystem(facts, claim, volume))
    return actions


def _grow_disk(facts: Facts, claim: Json, volume: Json) -> Action:
    resizing = condition(claim, "Resizing")
    if resizing is None:
        return Action(changes=(_status(claim, conditions=[_now(facts, "Resizing")]),))
    handle = volume["spec"]["csi"]["volumeHandle"]
    disk = facts.records.get(handle)
    if disk is None:
        return Action(changes=(_failed(claim, f"rpc error: code = NotFound desc = the disk {handle} does not exist"),))
    size = gib(claim["spec"]["resources"]["requests"]["storage"])
    known = disk_types().get(str(disk.outputs.get("type")))
    if known is not None and size > known.max_gib:
        text = f"rpc error: code = OutOfRange desc = the disk holds {known.max_gib} GiB at most, not {size}"
        return Action(changes=(_failed(claim, text),))
    larger = resized(disk, size)
    return Action(
        changes=(
            PutRecord(record=larger),
            Patch(
                kind="PersistentVolume",
                namespace="",
                name=volume["metadata"]["name"],
                body={"spec": {"capacity": {"storage": f"{larger.outputs['size']}Gi"}}},
            ),
            _status(claim, conditions=[_now(facts, "FileSystemResizePending")]),
            Emit(
                about=claim,
                reason="FileSystemResizeRequired",
                message="Require file system resize of volume on node",
                component=RESIZER,
            ),
        ),
        wait=Wait(
            row="disk-resize",
            key=f"resize {claim['metadata']['uid']} {size}",
            about=name_of(claim),
            since=resizing["lastTransitionTime"],
        ),
    )


def _grow_filesystem(facts: Facts, claim: Json, volume: Json) -> list[Action]:
    pending = condition(claim, "FileSystemResizePending")
    if pending is None:
        return [Action(changes=(_status(claim, conditions=[_now(facts, "FileSystemResizePending")]),))]
    if not any(_mounted(pod, claim) for pod in facts.pods):
        return []
    capacity = volume["spec"]["capacity"]["storage"]
    done = Emit(
        about=claim,
        reason="FileSystemResizeSuccessful",
        message="MountVolume.NodeExpandVolume succeeded",
        component="kubelet",
    )
    return [
        Action(
            changes=(_status(claim, conditions=[], capacity={"storage": capacity}), done),
            wait=Wait(
                row="filesystem-resize",
                key=f"filesystem {claim['metadata']['uid']} {capacity}",
                about=name_of(claim),
                since=pending["lastTransitionTime"],
            ),
        )
    ]


def _mounted(pod: Json, claim: Json) -> bool:
    return (
        pod["metadata"]["namespace"] == claim["metadata"]["namespace"]
        and (pod.get("status") or {}).get("phase") == "Running"
        and claim["metadata"]["name"] in claim_names(pod)
    )


def _status(claim: Json, **fields: object) -> Patch:
    return Patch(
        kind="PersistentVolumeClaim",
        namespace=claim["metadata"]["namespace"],
        name=claim["metadata"]["name"],
        body={"status": fields},
        subresource="status",
    )


def _now(facts: Facts, type: str) -> Json:
    return {"type": type, "status": "True", "lastTransitionTime": facts.stamp, "lastProbeTime": None}


def _failed(claim: Json, message: str) -> Emit:
    return Emit(about=claim, reason="VolumeResizeFailed", message=message, type="Warning", component=RESIZER)
