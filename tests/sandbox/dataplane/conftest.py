"""Facts and objects for the planners' tests, and a running data plane for those on the control plane."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.dataplane import kwok_command
from sandbox.dataplane.api_server import ApiRefused, ApiServer
from sandbox.dataplane.facts import CLUSTER, Cluster, Facts
from sandbox.dataplane.kinds import KINDS, Kind
from sandbox.layout import CHECKOUT, Layout
from sandbox.simulator.clock import Speed
from sandbox.simulator.store import Record, Store
from sandbox.toolchain import resolve

Json = dict[str, Any]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SPEED = 600.0
DELAYS = "p2p-node-sync=2400,p2p-node-stop=60"

EXTRA_KINDS = {
    "Namespace": Kind(root="/api/v1", plural="namespaces", namespaced=False, api_version="v1"),
    "StatefulSet": Kind(root="/apis/apps/v1", plural="statefulsets", namespaced=True, api_version="apps/v1"),
    "Job": Kind(root="/apis/batch/v1", plural="jobs", namespaced=True, api_version="batch/v1"),
}


def cluster_record(**scaling: Any) -> Record:
    """A regional cluster with node auto-provisioning up to 16 cores and 64 GiB."""
    outputs = {
        "name": "p2p",
        "location": "europe-west4",
        "masterVersion": "1.36.3-gke.100",
        "clusterAutoscaling": {
            "enabled": True,
            "resourceLimits": [
                {"resourceType": "cpu", "minimum": 0, "maximum": 16},
                {"resourceType": "memory", "minimum": 0, "maximum": 64},
            ],
            "autoProvisioningDefaults": {"diskType": "pd-ssd", "diskSize": 100},
            **scaling,
        },
    }
    return Record(type=CLUSTER, id="projects/demo/locations/europe-west4/clusters/p2p", inputs={}, outputs=outputs)


CLUSTER_FACTS = Cluster.of(cluster_record())


def facts(*, cluster: Cluster | None = CLUSTER_FACTS, records: tuple[Record, ...] = (), **lists: Any) -> Facts:
    """Facts at noon; lists are given by field name."""
    return Facts(now=NOW, cluster=cluster, records={r.id: r for r in records}, **lists)


def obj(kind: str, name: str, *, namespace: str = "", uid: str = "", **fields: Any) -> Json:
    """An object as the API server would give it, with a uid that follows from its name."""
    metadata = {
        "name": name,
        "uid": uid or f"uid-{name}",
        "resourceVersion": "1",
        "creationTimestamp": "2026-11-23T11:59:00Z",
        **({"namespace": namespace} if namespace else {}),
        **fields.pop("metadata", {}),
    }
    known = KINDS.get(kind)
    return {"apiVersion": known.api_version if known else "v1", "kind": kind, "metadata": metadata, **fields}


@dataclass(frozen=True, kw_only=True)
class World:
    """A control plane with a data plane."""

    layout: Layout
    server: ApiServer
    store: Store

    def path(self, kind: str, name: str, namespace: str = "") -> str:
        return f"{(KINDS.get(kind) or EXTRA_KINDS[kind]).collection(namespace)}/{name}"

    def create(self, *objects: Json) -> None:
        for value in objects:
            kind = KINDS.get(value["kind"]) or EXTRA_KINDS[value["kind"]]
            self.server.create(kind.collection(value["metadata"].get("namespace", "")), value)

    def get(self, kind: str, name: str, namespace: str = "") -> Json | None:
        try:
            return self.server.get(self.path(kind, name, namespace))
        except ApiRefused as refusal:
            if refusal.status != 404:
                raise
            return None

    def all(self, kind: str, namespace: str = "") -> list[Json]:
        return list(self.server.get((KINDS.get(kind) or EXTRA_KINDS[kind]).collection(namespace))["items"])

    def events(self, namespace: str, reason: str) -> list[str]:
        return [e["message"] for e in self.all("Event", namespace) if e["reason"] == reason]

    def until(self, what: str, holds: Callable[[], Any], *, seconds: float = 30.0) -> Any:
        """Wait until `holds` gives something true, and give it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := holds():
                return found
            time.sleep(0.1)
        log = (self.layout.logs / "dataplane-test.log").read_text()[-2000:]
        raise AssertionError(f"not within {seconds:.0f} s: {what}\n{log}")


@pytest.fixture(scope="module")
def world(own_controlplane: Layout) -> Iterator[World]:
    """kwok and the daemon beside the session's control plane, with a cluster in the store. No node outlives it."""
    server, store = ApiServer(own_controlplane.kubeconfig), Store(own_controlplane)
    store.put(cluster_record())
    world = World(layout=own_controlplane, server=server, store=store)
    environment = {**os.environ, "SANDBOX_HOME": str(own_controlplane.root), "PYTHONPATH": str(CHECKOUT)}
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANDBOX_DELAYS", DELAYS)
        environment |= {"SANDBOX_DELAYS": DELAYS, "SANDBOX_SPEED": f"{SPEED:g}"}
        kwok = kwok_command(own_controlplane, resolve(("kwok",)).path("kwok"), Speed(factor=SPEED))
        own_controlplane.logs.mkdir(parents=True, exist_ok=True)
        for name, command in (("kwok", kwok), ("dataplane", [sys.executable, "-m", "sandbox.dataplane"])):
            log = stack.enter_context((own_controlplane.logs / f"{name}-test.log").open("w"))
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=CHECKOUT)
            stack.callback(process.wait, timeout=10)
            stack.callback(process.terminate)
        yield world
        for record in store.all():
            store.delete(record.id)
        world.until("no node without a cluster", lambda: not world.all("Node"))


@pytest.fixture
def make_facts() -> Callable[..., Facts]:
    """`facts`, for test modules: pytest's importlib mode gives them no way to import this file."""
    return facts


@pytest.fixture
def an_object() -> Callable[..., Json]:
    return obj


@pytest.fixture
def cluster_of() -> Callable[..., Cluster]:
    """A cluster; arguments override its clusterAutoscaling."""
    return lambda **scaling: Cluster.of(cluster_record(**scaling))


@pytest.fixture
def pending() -> Callable[..., Json]:
    """A pod the scheduler found no node for."""

    def make(
        name: str, *, cpu: str = "100m", claim: str = "", labels: dict[str, str] | None = None, **spec: Any
    ) -> Json:
        waiting = {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "lastTransitionTime": "2026-11-23T11:59:30Z",
        }
        container = {"name": "c", "resources": {"requests": {"cpu": cpu, "memory": "1Gi"}}}
        volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}] if claim else []
        return obj(
            "Pod",
            name,
            namespace="ns",
            metadata={"labels": labels or {"app": "p"}},
            spec={"containers": [container], "volumes": volumes, **spec},
            status={"phase": "Pending", "conditions": [waiting]},
        )

    return make


@pytest.fixture
def placed() -> Callable[..., Json]:
    """A pod on a node."""

    def make(name: str, node: str, *, phase: str = "Running", claim: str = "", **fields: Any) -> Json:
        volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}] if claim else []
        spec = {"nodeName": node, "containers": [{"name": "c"}], "volumes": volumes}
        return obj("Pod", name, namespace="ns", spec=spec, status={"phase": phase}, **fields)

    return make


@pytest.fixture
def bound() -> Callable[..., tuple[Json, Json]]:
    """A claim and its volume, as the stand-in made it."""

    def make(
        name: str, *, zone: str = "europe-west4-b", size: str = "50Gi", policy: str = "Delete"
    ) -> tuple[Json, Json]:
        volume = f"pvc-uid-{name}"
        claim = obj(
            "PersistentVolumeClaim",
            name,
            namespace="ns",
            spec={
                "storageClassName": "ssd",
                "volumeName": volume,
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": size}},
            },
            status={"phase": "Bound", "capacity": {"storage": size}},
        )
        zones = [{"key": "topology.gke.io/zone", "operator": "In", "values": [zone]}]
        finalizer = ["external-provisioner.volume.kubernetes.io/finalizer"] if policy == "Delete" else []
        held = obj(
            "PersistentVolume",
            volume,
            metadata={
                "annotations": {"pv.kubernetes.io/provisioned-by": "pd.csi.storage.gke.io"},
                "finalizers": ["kubernetes.io/pv-protection", *finalizer],
            },
            spec={
                "capacity": {"storage": size},
                "csi": {
                    "driver": "pd.csi.storage.gke.io",
                    "volumeHandle": f"projects/demo/zones/{zone}/disks/{volume}",
                },
                "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": zones}]}},
                "persistentVolumeReclaimPolicy": policy,
            },
            status={"phase": "Bound"},
        )
        return claim, held

    return make
