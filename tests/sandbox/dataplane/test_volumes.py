from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dataplane.changes import Action, Create, Emit, Patch, PutRecord
from sandbox.dataplane.facts import SNAPSHOT
from sandbox.dataplane.volumes import plan
from sandbox.simulator.store import Record

Json = dict[str, Any]
Make = Callable[..., Any]
ZONE = "topology.gke.io/zone"


@pytest.fixture
def ask(an_object: Make) -> Make:
    """A claim that the volume controller wants a volume for."""

    def make(*, node: str = "", size: str = "50Gi", **spec: Any) -> Json:
        annotations = {"volume.kubernetes.io/storage-provisioner": "pd.csi.storage.gke.io"}
        if node:
            annotations["volume.kubernetes.io/selected-node"] = node
        return an_object(  # type: ignore[no-any-return]
            "PersistentVolumeClaim",
            "data-0",
            namespace="ns",
            metadata={"annotations": annotations},
            spec={
                "storageClassName": "ssd",
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": size}},
                **spec,
            },
            status={"phase": "Pending"},
        )

    return make


@pytest.fixture
def ssd(an_object: Make) -> Make:
    def make(**fields: Any) -> Json:
        fields = {"parameters": {"type": "pd-ssd"}, "reclaimPolicy": "Delete", "mountOptions": ["discard"], **fields}
        return an_object("StorageClass", "ssd", provisioner="pd.csi.storage.gke.io", **fields)  # type: ignore[no-any-return]

    return make


@pytest.fixture
def drivers(an_object: Make) -> list[Json]:
    return [an_object("CSIDriver", "pd.csi.storage.gke.io")]


def made(actions: list[Action]) -> Json:
    [body] = [c.body for a in actions for c in a.changes if isinstance(c, Create)]
    return body


def failure(actions: list[Action]) -> str:
    [action] = actions
    [event] = action.changes
    assert isinstance(event, Emit)
    assert (event.reason, event.type, action.wait) == ("ProvisioningFailed", "Warning", None)
    return event.message


def test_the_driver_is_registered_once(make_facts: Make, drivers: list[Json]) -> None:
    assert made(plan(make_facts()))["spec"]["attachRequired"] is True
    assert not plan(make_facts(drivers=drivers))
    assert not plan(make_facts(cluster=None))


def test_a_volume_follows_the_selected_node(
    make_facts: Make, ask: Make, ssd: Make, an_object: Make, drivers: Any
) -> None:
    node = an_object("Node", "n", metadata={"labels": {ZONE: "europe-west4-d"}})
    actions = plan(make_facts(claims=[ask(node="n")], storage_classes=[ssd()], nodes=[node], drivers=drivers))
    [action] = actions
    assert action.wait
    assert action.wait.row == "disk-create"
    [record] = [c.record for c in action.changes if isinstance(c, PutRecord)]
    assert record.id == "projects/demo/zones/europe-west4-d/disks/pvc-uid-data-0"
    assert (record.outputs["type"], record.outputs["size"], record.origin) == ("pd-ssd", 50, "data-plane")
    body = made(actions)
    spec = body["spec"]
    assert spec["csi"] == {"driver": "pd.csi.storage.gke.io", "volumeHandle": record.id, "fsType": "ext4"}
    assert (spec["claimRef"]["uid"], spec["claimRef"]["namespace"]) == ("uid-data-0", "ns")
    assert spec["nodeAffinity"]["required"]["nodeSelectorTerms"] == [
        {"matchExpressions": [{"key": ZONE, "operator": "In", "values": ["europe-west4-d"]}]}
    ]
    assert (spec["persistentVolumeReclaimPolicy"], spec["mountOptions"]) == ("Delete", ["discard"])
    assert body["metadata"]["annotations"] == {"pv.kubernetes.io/provisioned-by": "pd.csi.storage.gke.io"}
    assert body["metadata"]["finalizers"] == ["external-provisioner.volume.kubernetes.io/finalizer"]


@pytest.mark.parametrize(
    ("size", "type", "capacity"),
    [
        ("50Gi", "pd-ssd", "50Gi"),
        ("50G", "pd-ssd", "47Gi"),
        ("1500Mi", "pd-ssd", "2Gi"),
        ("1Gi", "pd-extreme", "500Gi"),
    ],
)
def test_sizes_are_whole_gibibytes(
    make_facts: Make, ask: Make, ssd: Make, drivers: Any, size: str, type: str, capacity: str
) -> None:
    classes = [ssd(parameters={"type": type})]
    body = made(plan(make_facts(claims=[ask(size=size)], storage_classes=classes, drivers=drivers)))
    assert body["spec"]["capacity"]["storage"] == capacity


@pytest.mark.parametrize(
    ("claim", "fields", "says"),
    [
        ({}, {"parameters": {"type": "pd-gold"}}, "disk type 'pd-gold' does not exist"),
        ({"size": "65Ti"}, {}, "holds 65536 GiB at most"),
        ({}, {"parameters": {"replication-type": "regional-pd"}}, "not simulated"),
        ({"dataSource": {"kind": "PersistentVolumeClaim", "name": "x"}}, {}, "kind PersistentVolumeClaim"),
        ({"dataSource": {"kind": "VolumeSnapshot", "name": "x"}}, {}, '"x" not found'),
        (
            {},
            {"allowedTopologies": [{"matchLabelExpressions": [{"key": ZONE, "values": ["mars-a"]}]}]},
            "allowedTopologies",
        ),
    ],
)
def test_what_the_driver_refuses_is_said_on_the_claim(
    make_facts: Make, ask: Make, ssd: Make, drivers: Any, claim: Json, fields: Json, says: str
) -> None:
    facts = make_facts(claims=[ask(**claim)], storage_classes=[ssd(**fields)], drivers=drivers)
    assert says in failure(plan(facts))


def test_a_selected_node_that_went_is_given_up(make_facts: Make, ask: Make, ssd: Make, drivers: Any) -> None:
    [action] = plan(make_facts(claims=[ask(node="gone")], storage_classes=[ssd()], drivers=drivers))
    [patch] = [c for c in action.changes if isinstance(c, Patch)]
    assert patch.body == {"metadata": {"annotations": {"volume.kubernetes.io/selected-node": None}}}


@pytest.mark.parametrize(
    ("ready", "size", "says"), [(True, "20Gi", ""), (True, "10Gi", "less than"), (False, "20Gi", "not ready")]
)
def test_a_claim_starts_from_a_snapshot(
    make_facts: Make, ask: Make, ssd: Make, an_object: Make, drivers: Any, ready: bool, size: str, says: str
) -> None:
    handle = "projects/demo/global/snapshots/s"
    status = {"boundVolumeSnapshotContentName": "c", "readyToUse": ready, "restoreSize": "20Gi"}
    facts = make_facts(
        claims=[ask(size=size, dataSource={"kind": "VolumeSnapshot", "name": "s"})],
        storage_classes=[ssd()],
        drivers=drivers,
        snapshots=[an_object("VolumeSnapshot", "s", namespace="ns", status=status)],
        snapshot_contents=[an_object("VolumeSnapshotContent", "c", status={"snapshotHandle": handle})],
        records=(Record(type=SNAPSHOT, id=handle, inputs={}, outputs={"diskSizeGb": 20}),),
    )
    if says:
        assert says in failure(plan(facts))
        return
    [action] = plan(facts)
    assert action.wait
    assert action.wait.row == "disk-restore"
    assert [c.record.outputs["snapshot"] for c in action.changes if isinstance(c, PutRecord)] == [handle]


def test_nothing_is_made_twice_or_unasked(
    make_facts: Make, ask: Make, ssd: Make, an_object: Make, drivers: Any, bound: Make
) -> None:
    waiting = ask()
    del waiting["metadata"]["annotations"]["volume.kubernetes.io/storage-provisioner"]
    assert not plan(make_facts(claims=[waiting], storage_classes=[ssd()], drivers=drivers))
    volume = an_object("PersistentVolume", "pvc-uid-data-0")
    assert not plan(make_facts(claims=[ask()], storage_classes=[ssd()], volumes=[volume], drivers=drivers))
    prebound = ask(volumeName="mine")
    assert not plan(make_facts(claims=[prebound], storage_classes=[ssd()], drivers=drivers))
