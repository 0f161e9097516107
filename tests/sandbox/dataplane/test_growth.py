from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dataplane.changes import Patch, PutRecord
from sandbox.dataplane.disks import disk_record
from sandbox.dataplane.growth import plan

Make = Callable[..., Any]
Json = dict[str, Any]


@pytest.fixture
def growing(make_facts: Make, bound: Make, an_object: Make, cluster_of: Make, placed: Make) -> Make:
    """Facts of a claim that asks for more than its 50 GiB."""

    def make(wanted: str, *, has: str = "50Gi", condition: str = "", mounted: bool = True, allowed: bool = True) -> Any:
        claim, volume = bound("data")
        claim["spec"]["resources"]["requests"]["storage"] = wanted
        volume["spec"]["capacity"]["storage"] = has
        if condition:
            stamp = "2026-11-23T11:59:50Z"
            claim["status"]["conditions"] = [{"type": condition, "status": "True", "lastTransitionTime": stamp}]
        disk = disk_record(
            cluster_of(), claim, name="pvc-uid-data", zone="europe-west4-b", type="pd-ssd", size_gib=50, snapshot=None
        )
        return make_facts(
            claims=[claim],
            volumes=[volume],
            storage_classes=[an_object("StorageClass", "ssd", allowVolumeExpansion=allowed)],
            pods=[placed("p", "n", claim="data")] if mounted else [],
            records=(disk,),
        )

    return make


def patches(facts: Any) -> list[tuple[str, Json]]:
    return [(c.kind, c.body) for a in plan(facts) for c in a.changes if isinstance(c, Patch)]


def test_growth_is_announced_first(growing: Make) -> None:
    [(kind, body)] = patches(growing("80Gi"))
    assert (kind, body["status"]["conditions"][0]["type"]) == ("PersistentVolumeClaim", "Resizing")


def test_then_the_disk_grows(growing: Make) -> None:
    facts = growing("80Gi", condition="Resizing")
    [action] = plan(facts)
    assert action.wait
    assert (action.wait.row, action.wait.since) == ("disk-resize", "2026-11-23T11:59:50Z")
    assert [c.record.outputs["size"] for c in action.changes if isinstance(c, PutRecord)] == [80]
    assert patches(facts)[0] == ("PersistentVolume", {"spec": {"capacity": {"storage": "80Gi"}}})


def test_then_the_file_system_of_a_running_pod(growing: Make) -> None:
    facts = growing("80Gi", has="80Gi", condition="FileSystemResizePending")
    assert patches(facts) == [
        ("PersistentVolumeClaim", {"status": {"conditions": [], "capacity": {"storage": "80Gi"}}})
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        {"wanted": "50Gi"},
        {"wanted": "20Gi"},
        {"wanted": "80Gi", "allowed": False},
        {"wanted": "80Gi", "has": "80Gi", "condition": "FileSystemResizePending", "mounted": False},
    ],
)
def test_nothing_else_happens(growing: Make, arguments: Json) -> None:
    assert not plan(growing(**arguments))
