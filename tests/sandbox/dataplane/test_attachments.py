from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dataplane.attachments import ATTACHED, plan
from sandbox.dataplane.changes import Patch
from sandbox.dataplane.facts import DISK
from sandbox.simulator.store import Record

Make = Callable[..., Any]
Json = dict[str, Any]
ASKS = {"volumes.kubernetes.io/controller-managed-attach-detach": "true"}


@pytest.fixture(name="facts")
def _facts(make_facts: Make, bound: Make, an_object: Make, placed: Make) -> Make:
    """Facts of a pod on a node with a claim, whose volume is being attached."""

    def make(
        *,
        disk: str = "pd-ssd",
        machine: str = "n2-standard-2",
        attachment: Json | None = None,
        pod: Json | None = None,
        asks: bool = True,
        driver: str = "pd.csi.storage.gke.io",
    ) -> Any:
        claim, volume = bound("data")
        record = Record(type=DISK, id=volume["spec"]["csi"]["volumeHandle"], inputs={}, outputs={"type": disk})
        volume["spec"]["csi"]["driver"] = driver
        labels = {"node.kubernetes.io/instance-type": machine}
        node = an_object("Node", "n", metadata={"labels": labels, "annotations": ASKS if asks else {}})
        spec = {"attacher": driver, "nodeName": "n", "source": {"persistentVolumeName": "pvc-uid-data"}}
        held = [] if attachment is None else [an_object("VolumeAttachment", "csi-1", spec=spec, status=attachment)]
        return make_facts(
            pods=[pod or placed("p", "n", phase="Pending", claim="data")],
            claims=[claim],
            volumes=[volume],
            nodes=[node],
            attachments=held,
            records=(record,) if disk else (),
        )

    return make


def patches(facts: Any, kind: str) -> list[Patch]:
    return [c for a in plan(facts) for c in a.changes if isinstance(c, Patch) and c.kind == kind]


def test_a_disk_that_works_with_the_machine_is_attached(facts: Make) -> None:
    [action] = plan(facts(attachment={}))
    [patch] = action.changes
    assert isinstance(patch, Patch)
    assert patch.body["status"] == {"attached": True, "attachError": None}
    assert action.wait
    assert action.wait.row == "disk-attach"


@pytest.mark.parametrize(
    ("disk", "machine", "says"),
    [
        ("", "n2-standard-2", "NotFound desc = the disk projects/demo/zones/europe-west4-b/disks/pvc-uid-data does"),
        ("pd-ssd", "n4-standard-2", "'pd-ssd' is not a compatible disk type with the machine type n4-standard-2"),
        ("hyperdisk-balanced", "e2-standard-2", "'hyperdisk-balanced' is not a compatible disk type with the machine"),
    ],
)
def test_a_disk_that_cannot_be_attached_is_told_once(facts: Make, disk: str, machine: str, says: str) -> None:
    [patch] = patches(facts(disk=disk, machine=machine, attachment={}), "VolumeAttachment")
    assert patch.body["status"]["attached"] is False
    assert says in patch.body["status"]["attachError"]["message"]
    assert not plan(facts(disk=disk, machine=machine, attachment=patch.body["status"]))


def test_a_machine_that_is_not_known_takes_every_disk(facts: Make) -> None:
    [patch] = patches(facts(machine="m3-ultramem-32", attachment={}), "VolumeAttachment")
    assert patch.body["status"]["attached"] is True


@pytest.mark.parametrize(
    ("given", "starts"),
    [
        ({"attachment": {"attached": True}}, True),
        ({"attachment": {"attached": False}}, False),
        ({}, False),
        ({"asks": False}, True),
        ({"driver": "other.csi.example.com"}, True),
    ],
)
def test_a_pod_may_start_once_its_volumes_are_there(facts: Make, given: Json, starts: bool) -> None:
    expected = [{"metadata": {"annotations": {ATTACHED: "true"}}}] if starts else []
    assert [patch.body for patch in patches(facts(**given), "Pod")] == expected


@pytest.mark.parametrize("why", ["marked", "running", "leaving", "without claims", "not bound", "not placed"])
def test_other_pods_are_left_alone(facts: Make, placed: Make, why: str) -> None:
    pod = placed("p", "n", phase="Pending", claim={"without claims": "", "not bound": "nothing"}.get(why, "data"))
    match why:
        case "marked":
            pod["metadata"]["annotations"] = {ATTACHED: "true"}
        case "running":
            pod["status"]["podIP"] = "10.4.0.2"
        case "leaving":
            pod["metadata"]["deletionTimestamp"] = "2026-11-23T11:59:00Z"
        case "not placed":
            del pod["spec"]["nodeName"]
    assert not plan(facts(attachment={"attached": True}, pod=pod))


def test_without_a_cluster_there_is_no_driver(facts: Make, make_facts: Make) -> None:
    whole = facts(attachment={})
    assert not plan(make_facts(cluster=None, volumes=whole.volumes, attachments=whole.attachments))
