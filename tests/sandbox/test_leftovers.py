"""After a destroy the API server holds nothing of the program either."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from kubernetes import client, config

from operations.adapters.engine import Engine
from operations.errors import OperationError
from sandbox.layout import Layout
from sandbox.leftovers import read, require_nothing_left
from sandbox.simulator.store import Record, Store

KEPT = "projects/p/zones/z/disks/kept"
KEPT_EARLIER = "projects/p/zones/z/disks/kept-earlier"
KEPT_RING = "projects/p/locations/l/keyRings/kept"
KEPT_BUCKET = "kept-pulumi-state"
GONE = "projects/p/zones/z/disks/gone"


def made(name: str, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, **({"spec": spec} if spec else {})}


def volume(name: str, **source: Any) -> dict[str, Any]:
    return made(name, capacity={"storage": "1Gi"}, accessModes=["ReadWriteOnce"], **source)


def disk(name: str, handle: str, policy: str) -> dict[str, Any]:
    csi = {"driver": "pd.csi.storage.gke.io", "volumeHandle": handle}
    return volume(name, csi=csi, persistentVolumeReclaimPolicy=policy)


@pytest.fixture(scope="module")
def used(controlplane: Layout) -> Iterator[Layout]:
    """A cluster with objects of every kind that can be left; nobody else's tests see them."""
    api = config.new_client_from_config(str(controlplane.kubeconfig))  # type: ignore[no-untyped-call]
    core: Any = client.CoreV1Api(api)
    storage: Any = client.StorageV1Api(api)
    core.create_namespace(made("left-space"))
    storage.create_storage_class({**made("left-class"), "provisioner": "p"})
    storage.create_csi_driver(made("left.driver", attachRequired=True))
    for one in (
        disk("left-kept", KEPT, "Delete"),
        disk("left-kept-earlier", KEPT_EARLIER, "Retain"),
        disk("left-gone", GONE, "Delete"),
        volume("left-path", hostPath={"path": "/a"}),
    ):
        core.create_persistent_volume(one)
    core.create_namespaced_service("default", made("left-lb", type="LoadBalancer", ports=[{"port": 1}]))
    yield controlplane
    core.delete_namespaced_service("left-lb", "default")
    for name in ("left-kept", "left-kept-earlier", "left-gone", "left-path"):
        core.delete_persistent_volume(name)
    storage.delete_csi_driver("left.driver")
    storage.delete_storage_class("left-class")
    core.delete_namespace("left-space")


@pytest.mark.controlplane
def test_what_is_left_is_told_and_what_stays_on_purpose_is_not(used: Layout) -> None:
    held = read(used.kubeconfig)
    assert held.kept_disks() == {KEPT_EARLIER}
    left = [found for found in held.left([KEPT, KEPT_EARLIER]) if "left-" in found]
    assert sorted(left) == [
        "load balancer default/left-lb",
        "namespace left-space",
        "storage class left-class",
        "volume left-gone",
        "volume left-path",
    ]
    built_in = ("default", "kube-system", "kube-public", "kube-node-lease")
    assert not {f"namespace {name}" for name in built_in} & set(held.left([]))


@pytest.mark.controlplane
def test_all_places_are_looked_at_and_the_error_says_what_to_do(used: Layout) -> None:
    engine = cast(Engine, SimpleNamespace(resources=lambda: [SimpleNamespace(urn="urn:left")]))
    store = Store(used)
    for handle in (KEPT, KEPT_EARLIER, GONE):
        store.put(Record(type="gcp:compute/disk:Disk", id=handle, inputs={}, outputs={}, origin="data-plane"))
    store.put(Record(type="gcp:kms/keyRing:KeyRing", id=KEPT_RING, inputs={}, outputs={}))
    store.put(Record(type="gcp:storage/bucket:Bucket", id=KEPT_BUCKET, inputs={}, outputs={}))
    state = used.engine / "bootstrap" / "state" / ".pulumi" / "stacks" / "p" / "p.json"
    state.parent.mkdir(parents=True)
    state.write_text(json.dumps({"checkpoint": {"latest": {"resources": [{"id": KEPT_BUCKET}]}}}))
    with pytest.raises(
        OperationError,
        match=r"state: urn:left(.|\n)*simulator: .*/gone(.|\n)*namespace left-space(.|\n)*record away \(.*json\)",
    ) as told:
        require_nothing_left(used, engine, [KEPT])
    assert "kept" not in str(told.value)
    for handle in (KEPT, KEPT_EARLIER, GONE, KEPT_RING, KEPT_BUCKET):
        store.delete(handle)


def test_an_api_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="does not answer"):
        read(tmp_path / "kubeconfig")
