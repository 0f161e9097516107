from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dataplane.changes import Delete, DropRecord, Patch
from sandbox.dataplane.facts import DISK
from sandbox.dataplane.reclaim import FINALIZER, plan
from sandbox.simulator.store import Record

Make = Callable[..., Any]
Json = dict[str, Any]


def released(bound: Make, policy: str = "Delete") -> Json:
    _, volume = bound("data", policy=policy)
    volume["status"] = {"phase": "Released", "lastPhaseTransitionTime": "2026-11-23T11:59:00Z"}
    return dict(volume)


def attachment(an_object: Make, **status: Any) -> Any:
    source = {"persistentVolumeName": "pvc-uid-data"}
    spec = {"attacher": "pd.csi.storage.gke.io", "nodeName": "n", "source": source}
    return an_object("VolumeAttachment", "csi-1", spec=spec, status=status)


def test_a_released_volume_goes_with_its_disk(make_facts: Make, bound: Make) -> None:
    [action] = plan(make_facts(volumes=[released(bound)]))
    drop, delete, patch = action.changes
    assert drop == DropRecord(id="projects/demo/zones/europe-west4-b/disks/pvc-uid-data")
    assert delete == Delete(kind="PersistentVolume", namespace="", name="pvc-uid-data")
    assert isinstance(patch, Patch)
    assert patch.body["metadata"]["finalizers"] == ["kubernetes.io/pv-protection"]
    assert action.wait
    assert (action.wait.row, action.wait.since) == ("disk-delete", "2026-11-23T11:59:00Z")


@pytest.mark.parametrize("why", ["retained", "attached", "not ours", "no cluster", "bound"])
def test_what_stays(make_facts: Make, bound: Make, an_object: Make, why: str) -> None:
    volume = released(bound, "Retain" if why == "retained" else "Delete")
    if why == "not ours":
        volume["metadata"]["annotations"] = {}
    if why == "bound":
        volume["status"]["phase"] = "Bound"
    attachments = [attachment(an_object, attached=True)] if why == "attached" else []
    disk = Record(type=DISK, id=volume["spec"]["csi"]["volumeHandle"], inputs={}, outputs={})
    cluster = {"cluster": None} if why == "no cluster" else {}
    assert not plan(make_facts(volumes=[volume], attachments=attachments, records=(disk,), **cluster))


@pytest.mark.parametrize(("policy", "has", "gets"), [("Retain", True, False), ("Delete", False, True)])
def test_the_finalizer_follows_the_policy(make_facts: Make, bound: Make, policy: str, has: bool, gets: bool) -> None:
    _, volume = bound("data", policy=policy)
    volume["metadata"]["finalizers"] = [FINALIZER] if has else []
    [action] = plan(make_facts(volumes=[volume]))
    [patch] = action.changes
    assert isinstance(patch, Patch)
    assert (FINALIZER in patch.body["metadata"]["finalizers"]) is gets
