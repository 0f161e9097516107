"""The end of volumes, after external-provisioner."""

from __future__ import annotations

from sandbox.dataplane.changes import Action, Delete, DropRecord, Json, Patch, Wait, finalizers_body, name_of
from sandbox.dataplane.facts import DRIVER, Facts

FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"


def plan(facts: Facts) -> list[Action]:
    """Released volumes with policy Delete go with their disks, those with Retain stay."""
    if facts.cluster is None:
        return []
    actions: list[Action] = []
    for volume in facts.volumes:
        if (volume["spec"].get("csi") or {}).get("driver") == DRIVER:
            actions.extend(_reclaim(facts, volume))
    return actions


def _reclaim(facts: Facts, volume: Json) -> list[Action]:
    metadata, spec = volume["metadata"], volume["spec"]
    name, finalizers = metadata["name"], metadata.get("finalizers") or []
    if (metadata.get("annotations") or {}).get(PROVISIONED_BY) != DRIVER:
        return []
    if spec.get("persistentVolumeReclaimPolicy") != "Delete":
        # A volume that was switched to Retain must not hold on to a provisioner that will never delete it.
        return [Action(changes=(_finalizers(volume, without=True),))] if FINALIZER in finalizers else []
    if (volume.get("status") or {}).get("phase") != "Released":
        deleting = metadata.get("deletionTimestamp")
        return [] if deleting or FINALIZER in finalizers else [Action(changes=(_finalizers(volume, without=False),))]
    if any(a["spec"]["source"].get("persistentVolumeName") == name for a in facts.attachments):
        return []
    changes = (
        DropRecord(id=spec["csi"]["volumeHandle"]),
        *(() if metadata.get("deletionTimestamp") else (Delete(kind="PersistentVolume", namespace="", name=name),)),
        *((_finalizers(volume, without=True),) if FINALIZER in finalizers else ()),
    )
    wait = Wait(
        row="disk-delete",
        key=f"delete {metadata['uid']}",
        about=name_of(volume),
        since=(volume.get("status") or {}).get("lastPhaseTransitionTime"),
    )
    return [Action(changes=changes, wait=wait)]


def _finalizers(volume: Json, *, without: bool) -> Patch:
    others = [f for f in volume["metadata"].get("finalizers") or [] if f != FINALIZER]
    return Patch(
        kind="PersistentVolume",
        namespace="",
        name=volume["metadata"]["name"],
        body=finalizers_body(volume, others if without else [*others, FINALIZER]),
    )
