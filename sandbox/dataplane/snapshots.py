"""Volume snapshots, after the snapshot controller and the driver's snapshotter."""

from __future__ import annotations

from sandbox.dataplane.changes import (
    Action,
    Create,
    Delete,
    DropRecord,
    Emit,
    Json,
    Patch,
    PutRecord,
    Wait,
    finalizers_body,
    name_of,
)
from sandbox.dataplane.disks import snapshot_handle, snapshot_record
from sandbox.dataplane.facts import DRIVER, Cluster, Facts, by_key, by_name

CONTENT_FINALIZER = "snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection"
SNAPSHOT_FINALIZER = "snapshot.storage.kubernetes.io/volumesnapshot-bound-protection"
DEFAULT_CLASS = "snapshot.storage.kubernetes.io/is-default-class"
CONTROLLER = "snapshot-controller"


def plan(facts: Facts) -> list[Action]:
    """The next step of every snapshot and every snapshot content."""
    if facts.cluster is None:
        return []
    contents = by_name(facts.snapshot_contents)
    actions: list[Action] = []
    for snapshot in facts.snapshots:
        actions.extend(_snapshot(facts, snapshot, contents))
    for content in facts.snapshot_contents:
        if content["spec"]["driver"] == DRIVER:
            actions.extend(_content(facts, facts.cluster, content))
    return actions


def _snapshot(facts: Facts, snapshot: Json, contents: dict[str, Json]) -> list[Action]:
    metadata, source = snapshot["metadata"], snapshot["spec"]["source"]
    content = contents.get(source.get("volumeSnapshotContentName") or f"snapcontent-{metadata['uid']}")
    if metadata.get("deletionTimestamp"):
        return _end(snapshot, content)
    if SNAPSHOT_FINALIZER not in (metadata.get("finalizers") or []):
        return [Action(changes=(_finalizers("VolumeSnapshot", snapshot, [SNAPSHOT_FINALIZER]),))]
    if content is None:
        return _begin(facts, snapshot)
    status, found = content.get("status") or {}, snapshot.get("status") or {}
    wanted: Json = {"boundVolumeSnapshotContentName": content["metadata"]["name"], "readyToUse": False}
    if status.get("readyToUse"):
        wanted |= {
            "readyToUse": True,
            "restoreSize": f"{int(status.get('restoreSize', 0)) // 1024**3}Gi",
            "creationTime": found.get("creationTime") or facts.stamp,
            "error": None,
        }
    if all(found.get(key) == value for key, value in wanted.items()):
        return []
    return [Action(changes=(_status("VolumeSnapshot", snapshot, wanted),))]


def _begin(facts: Facts, snapshot: Json) -> list[Action]:
    """The content of a snapshot that is taken of a claim."""
    metadata, spec = snapshot["metadata"], snapshot["spec"]
    if spec["source"].get("volumeSnapshotContentName"):
        return _failed(
            facts, snapshot, f"VolumeSnapshotContent {spec['source']['volumeSnapshotContentName']} is missing"
        )
    snapshot_class = _class(facts, spec.get("volumeSnapshotClassName"))
    if snapshot_class is None:
        named = spec.get("volumeSnapshotClassName")
        why = f'volumesnapshotclass "{named}" not found' if named else "cannot find default snapshot class"
        return _failed(facts, snapshot, f"Failed to create snapshot content with error {why}")
    if snapshot_class["driver"] != DRIVER:
        return []
    claim = by_key(facts.claims).get((metadata["namespace"], spec["source"]["persistentVolumeClaimName"]))
    volume = by_name(facts.volumes).get(((claim or {}).get("spec") or {}).get("volumeName") or "")
    if claim is None or volume is None:
        name = spec["source"]["persistentVolumeClaimName"]
        return _failed(facts, snapshot, f"the claim {name} does not exist or has no volume yet")
    if (volume["spec"].get("csi") or {}).get("driver") != DRIVER:
        return _failed(facts, snapshot, f"the volume {volume['metadata']['name']} does not belong to {DRIVER}")
    body = {
        "apiVersion": "snapshot.storage.k8s.io/v1",
        "kind": "VolumeSnapshotContent",
        "metadata": {"name": f"snapcontent-{metadata['uid']}", "finalizers": [CONTENT_FINALIZER]},
        "spec": {
            "driver": DRIVER,
            "deletionPolicy": snapshot_class["deletionPolicy"],
            "volumeSnapshotClassName": snapshot_class["metadata"]["name"],
            "source": {"volumeHandle": volume["spec"]["csi"]["volumeHandle"]},
            "sourceVolumeMode": volume["spec"].get("volumeMode") or "Filesystem",
            "volumeSnapshotRef": {
                "apiVersion": "snapshot.storage.k8s.io/v1",
                "kind": "VolumeSnapshot",
                "namespace": metadata["namespace"],
                "name": metadata["name"],
                "uid": metadata["uid"],
                "resourceVersion": metadata["resourceVersion"],
            },
        },
    }
    return [Action(changes=(Create(kind="VolumeSnapshotContent", body=body),))]


def _class(facts: Facts, name: str | None) -> Json | None:
    if name:
        return by_name(facts.snapshot_classes).get(name)
    defaults = [
        c
        for c in facts.snapshot_classes
        if c["driver"] == DRIVER and (c["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true"
    ]
    return defaults[0] if defaults else None


def _end(snapshot: Json, content: Json | None) -> list[Action]:
    if SNAPSHOT_FINALIZER not in (snapshot["metadata"].get("finalizers") or []):
        return []
    free = _finalizers("VolumeSnapshot", snapshot, [])
    if content is None or content["spec"].get("deletionPolicy") == "Retain":
        return [Action(changes=(free,))]
    if content["metadata"].get("deletionTimestamp"):
        return []
    delete = Delete(kind="VolumeSnapshotContent", namespace="", name=content["metadata"]["name"])
    return [Action(changes=(delete,))]


def _content(facts: Facts, cluster: Cluster, content: Json) -> list[Action]:
    metadata, spec, status = content["metadata"], content["spec"], content.get("status") or {}
    finalizers = metadata.get("finalizers") or []
    if metadata.get("deletionTimestamp"):
        return _end_content(content) if CONTENT_FINALIZER in finalizers else []
    if CONTENT_FINALIZER not in finalizers:
        return [Action(changes=(_finalizers("VolumeSnapshotContent", content, [CONTENT_FINALIZER]),))]
    if status.get("readyToUse"):
        return []
    if handle := spec["source"].get("snapshotHandle"):
        return _adopt(facts, content, handle)
    disk = facts.records.get(spec["source"]["volumeHandle"])
    if disk is None:
        text = f"rpc error: code = NotFound desc = the disk {spec['source']['volumeHandle']} does not exist"
        event = Emit(about=content, reason="SnapshotCreationFailed", message=text, type="Warning", component=DRIVER)
        return [Action(changes=(event,))]
    name = f"snapshot-{spec['volumeSnapshotRef']['uid']}"
    record = snapshot_record(cluster, name=name, disk=disk)
    ready = _ready(facts, content, handle=snapshot_handle(cluster, name), gib=int(disk.outputs["size"]))
    wait = Wait(
        row="snapshot-create",
        key=f"snapshot {metadata['uid']}",
        about=name_of(content),
        since=metadata["creationTimestamp"],
    )
    return [Action(changes=(PutRecord(record=record), ready), wait=wait)]


def _adopt(facts: Facts, content: Json, handle: str) -> list[Action]:
    """A content that was written by hand for a snapshot that exists."""
    record = facts.records.get(handle)
    if record is None:
        text = f"rpc error: code = NotFound desc = the snapshot {handle} does not exist"
        event = Emit(about=content, reason="SnapshotCreationFailed", message=text, type="Warning", component=DRIVER)
        return [Action(changes=(event,))]
    return [Action(changes=(_ready(facts, content, handle=handle, gib=int(record.outputs["diskSizeGb"])),))]


def _ready(facts: Facts, content: Json, *, handle: str, gib: int) -> Patch:
    nanoseconds = int(facts.now.timestamp()) * 1_000_000_000
    fields = {"snapshotHandle": handle, "readyToUse": True, "restoreSize": gib * 1024**3, "creationTime": nanoseconds}
    return _status("VolumeSnapshotContent", content, fields)


def _end_content(content: Json) -> list[Action]:
    free = _finalizers("VolumeSnapshotContent", content, [])
    handle = (content.get("status") or {}).get("snapshotHandle")
    if content["spec"].get("deletionPolicy") == "Retain" or not handle:
        return [Action(changes=(free,))]
    wait = Wait(
        row="snapshot-delete",
        key=f"delete {content['metadata']['uid']}",
        about=name_of(content),
        since=content["metadata"]["deletionTimestamp"],
    )
    return [Action(changes=(DropRecord(id=handle), free), wait=wait)]


def _failed(facts: Facts, snapshot: Json, message: str) -> list[Action]:
    known = ((snapshot.get("status") or {}).get("error") or {}).get("message")
    event = Emit(
        about=snapshot, reason="SnapshotContentCreationFailed", message=message, type="Warning", component=CONTROLLER
    )
    if known == message:
        return []
    error = {"error": {"message": message, "time": facts.stamp}, "readyToUse": False}
    return [Action(changes=(_status("VolumeSnapshot", snapshot, error), event))]


def _finalizers(kind: str, value: Json, ours: list[str]) -> Patch:
    others = [f for f in value["metadata"].get("finalizers") or [] if f not in (CONTENT_FINALIZER, SNAPSHOT_FINALIZER)]
    metadata = value["metadata"]
    body = finalizers_body(value, [*others, *ours])
    return Patch(kind=kind, namespace=metadata.get("namespace", ""), name=metadata["name"], body=body)


def _status(kind: str, value: Json, fields: Json) -> Patch:
    metadata = value["metadata"]
    namespace = metadata.get("namespace", "")
    return Patch(kind=kind, namespace=namespace, name=metadata["name"], body={"status": fields}, subresource="status")
