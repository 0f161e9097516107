from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dataplane.changes import Change, Create, Delete, DropRecord, Emit, Patch, PutRecord
from sandbox.dataplane.disks import disk_record
from sandbox.dataplane.snapshots import CONTENT_FINALIZER, SNAPSHOT_FINALIZER, plan

Make = Callable[..., Any]
Json = dict[str, Any]


@pytest.fixture
def scene(make_facts: Make, bound: Make, an_object: Make, cluster_of: Make) -> Make:
    """A snapshot of a bound claim, its class and, if wanted, its content."""

    def make(
        *,
        content: Json | None = None,
        policy: str = "Delete",
        claim: str = "data",
        snapshot_class: str = "snap",
        **metadata: Any,
    ) -> Any:
        held, volume = bound("data")
        metadata = {"finalizers": [SNAPSHOT_FINALIZER], **metadata}
        spec = {"volumeSnapshotClassName": snapshot_class, "source": {"persistentVolumeClaimName": claim}}
        disk = disk_record(
            cluster_of(), held, name="pvc-uid-data", zone="europe-west4-b", type="pd-ssd", size_gib=50, snapshot=None
        )
        driver = {"driver": "pd.csi.storage.gke.io", "deletionPolicy": policy}
        contents = []
        if content is not None:
            fields = {
                **driver,
                "source": {"volumeHandle": disk.id},
                "volumeSnapshotRef": {"uid": "uid-s", "name": "s", "namespace": "ns"},
            }
            stamps = {"finalizers": [CONTENT_FINALIZER], **content.pop("metadata", {})}
            contents = [
                an_object("VolumeSnapshotContent", "snapcontent-uid-s", spec=fields, metadata=stamps, **content)
            ]
        return make_facts(
            claims=[held],
            volumes=[volume],
            snapshots=[an_object("VolumeSnapshot", "s", namespace="ns", metadata=metadata, spec=spec)],
            snapshot_contents=contents,
            snapshot_classes=[an_object("VolumeSnapshotClass", "snap", **driver)],
            records=(disk,),
        )

    return make


def changes(facts: Any) -> list[Change]:
    return [c for a in plan(facts) for c in a.changes]


def test_a_snapshot_gets_a_content(scene: Make) -> None:
    [create] = changes(scene())
    assert isinstance(create, Create)
    assert create.body["spec"]["source"]["volumeHandle"].endswith("/disks/pvc-uid-data")
    assert create.body["spec"]["volumeSnapshotRef"]["uid"] == "uid-s"


def test_the_content_becomes_ready_after_a_while(scene: Make) -> None:
    action = plan(scene(content={}))[-1]
    assert action.wait
    assert action.wait.row == "snapshot-create"
    record, status = action.changes
    assert isinstance(record, PutRecord)
    assert isinstance(status, Patch)
    assert record.record.id == "projects/demo/global/snapshots/snapshot-uid-s"
    assert status.body["status"]["restoreSize"] == 50 * 1024**3


def test_the_snapshot_follows_its_content(scene: Make) -> None:
    ready = {"readyToUse": True, "restoreSize": 50 * 1024**3, "snapshotHandle": "h"}
    [patch] = changes(scene(content={"status": ready}))
    assert isinstance(patch, Patch)
    assert patch.body["status"] | {"creationTime": ""} == {
        "boundVolumeSnapshotContentName": "snapcontent-uid-s",
        "readyToUse": True,
        "restoreSize": "50Gi",
        "creationTime": "",
        "error": None,
    }


@pytest.mark.parametrize(
    ("arguments", "says"), [({"snapshot_class": "none"}, "not found"), ({"claim": "none"}, "does not exist")]
)
def test_what_is_missing_is_said(scene: Make, arguments: Json, says: str) -> None:
    patch, event = changes(scene(**arguments))
    assert isinstance(patch, Patch)
    assert isinstance(event, Emit)
    assert says in patch.body["status"]["error"]["message"]


GONE = {"deletionTimestamp": "2026-11-23T12:00:00Z"}


def test_a_deleted_snapshot_takes_its_content_along(scene: Make) -> None:
    first = changes(scene(content={"status": {"readyToUse": True}}, **GONE))
    assert first == [Delete(kind="VolumeSnapshotContent", namespace="", name="snapcontent-uid-s")]
    content = {"metadata": GONE, "status": {"snapshotHandle": "h", "readyToUse": True}}
    [drop, patch] = changes(scene(content=content, **GONE))
    assert drop == DropRecord(id="h")
    assert isinstance(patch, Patch)
    assert patch.body["metadata"]["finalizers"] == []


def test_retain_keeps_content_and_snapshot(scene: Make) -> None:
    [patch] = changes(scene(content={"status": {"readyToUse": True}}, policy="Retain", **GONE))
    assert isinstance(patch, Patch)
    assert (patch.kind, patch.body["metadata"]["finalizers"]) == ("VolumeSnapshot", [])
