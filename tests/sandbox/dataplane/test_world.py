"""The data plane against the real API server, controller manager and scheduler, with kwok for kubelets."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.dataplane import journal, stockouts
from sandbox.dataplane.facts import DISK, FORWARDING_RULE, SNAPSHOT
from tests.sandbox.dataplane.manifests import (
    claim,
    compute_class,
    namespace,
    pod,
    service,
    stateful_set,
    storage_class,
)

pytestmark = pytest.mark.controlplane

Json = dict[str, Any]


def phase(world: Any, kind: str, name: str, space: str = "") -> str | None:
    found = world.get(kind, name, space)
    return found and (found.get("status") or {}).get("phase")


def ready(world: Any, name: str, space: str) -> bool:
    found = world.get("Pod", name, space) or {}
    return any(c["type"] == "Ready" and c["status"] == "True" for c in found.get("status", {}).get("conditions", []))


def test_a_stateful_set_comes_up_and_leaves_nothing(world: Any) -> None:
    space = "whole"
    world.create(
        namespace(space),
        storage_class("whole"),
        service("p2p-node-0", space),
        service("p2p-node-1", space),
    )
    world.create(stateful_set(space, "whole"))
    names = ("p2p-node-0", "p2p-node-1")

    world.until("both pods run", lambda: all(phase(world, "Pod", n, space) == "Running" for n in names))
    assert not any(ready(world, n, space) for n in names), "ready before synced"
    nodes = {n["metadata"]["name"]: n["metadata"]["labels"] for n in world.all("Node")}
    pods = [world.get("Pod", n, space) for n in names]
    zones = {nodes[p["spec"]["nodeName"]]["topology.kubernetes.io/zone"] for p in pods}
    assert len(zones) == 2
    assert all(labels["cloud.google.com/gke-boot-disk"] == "pd-ssd" for labels in nodes.values())

    for name in names:
        bound = world.get("PersistentVolumeClaim", f"data-{name}", space)
        volume = world.get("PersistentVolume", bound["spec"]["volumeName"])
        zone = nodes[world.get("Pod", name, space)["spec"]["nodeName"]]["topology.gke.io/zone"]
        assert volume["spec"]["csi"]["volumeHandle"] == f"projects/demo/zones/{zone}/disks/{volume['metadata']['name']}"
        assert volume["spec"]["claimRef"]["uid"] == bound["metadata"]["uid"]
        disk = world.store.get(volume["spec"]["csi"]["volumeHandle"])
        assert (disk.outputs["type"], disk.outputs["size"], disk.origin) == ("pd-ssd", 50, "data-plane")

    def addresses() -> set[str]:
        status = [(world.get("Service", n, space) or {})["status"].get("loadBalancer") or {} for n in names]
        return {entry["ip"] for s in status for entry in s.get("ingress", [])}

    world.until("two addresses", lambda: len(addresses()) == 2)
    world.until("both pods are ready", lambda: all(ready(world, n, space) for n in names))
    waited = {w.event: w for w in journal.read(world.layout)}
    assert {"node-provision", "disk-create", "disk-attach", "load-balancer-create", "pod-start"} <= set(waited)
    sync = world.until(
        "a journal of the sync", lambda: [w for w in journal.read(world.layout) if w.event == "p2p-node-sync"]
    )
    assert (sync[0].simulated_seconds, 3 <= sync[0].real_seconds <= 7) == (2400, True)

    world.server.delete(world.path("StatefulSet", "p2p-node", space))
    for name in names:
        world.server.delete(world.path("Service", name, space))
    world.until("pods are gone", lambda: not world.all("Pod", space))
    for name in names:
        world.server.delete(world.path("PersistentVolumeClaim", f"data-{name}", space))
    world.until("nothing is left", lambda: not (world.store.all(DISK) or world.store.all(FORWARDING_RULE)))
    world.until("no volume is left", lambda: not world.all("PersistentVolume"))
    world.until("no load balancer is left", lambda: not world.all("Service", space))


def test_growth_snapshot_restore_and_retention(world: Any) -> None:
    space = "disks"
    world.create(
        namespace(space),
        storage_class("kept", policy="Retain"),
        storage_class("at-once", mode="Immediate"),
    )
    world.create(claim("data", space, "kept", "10Gi"), pod("user", space, claim="data"))
    world.until("the pod runs", lambda: phase(world, "Pod", "user", space) == "Running")
    handle = world.get("PersistentVolume", world.get("PersistentVolumeClaim", "data", space)["spec"]["volumeName"])[
        "spec"
    ]["csi"]["volumeHandle"]

    body = {"spec": {"resources": {"requests": {"storage": "20Gi"}}}}
    world.server.patch(world.path("PersistentVolumeClaim", "data", space), body)

    def grown() -> bool:
        status = world.get("PersistentVolumeClaim", "data", space)["status"]
        return status["capacity"]["storage"] == "20Gi" and not status.get("conditions")

    world.until("the claim has grown", grown)
    assert world.store.get(handle).outputs["size"] == 20

    world.create(
        {
            "apiVersion": "snapshot.storage.k8s.io/v1",
            "kind": "VolumeSnapshotClass",
            "metadata": {"name": "snap"},
            "driver": "pd.csi.storage.gke.io",
            "deletionPolicy": "Delete",
        },
        {
            "apiVersion": "snapshot.storage.k8s.io/v1",
            "kind": "VolumeSnapshot",
            "metadata": {"name": "before", "namespace": space},
            "spec": {"volumeSnapshotClassName": "snap", "source": {"persistentVolumeClaimName": "data"}},
        },
    )

    def snapshot() -> Json:
        return dict((world.get("VolumeSnapshot", "before", space) or {}).get("status") or {})

    world.until("the snapshot is ready", lambda: snapshot().get("readyToUse"))
    assert snapshot()["restoreSize"] == "20Gi"
    source = {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "before"}
    world.create(claim("small", space, "at-once", "10Gi", dataSource=source))
    world.create(claim("restored", space, "at-once", "20Gi", dataSource=source))
    world.until("it is restored", lambda: phase(world, "PersistentVolumeClaim", "restored", space) == "Bound")
    refused = world.until("the small one is refused", lambda: world.events(space, "ProvisioningFailed"))
    assert "requested volume size 10Gi is less than the size 20Gi" in refused[0]
    restored = [d for d in world.store.all(DISK) if d.outputs.get("snapshot")]
    assert [d.outputs["snapshot"] for d in restored] == [s.id for s in world.store.all(SNAPSHOT)]

    world.server.delete(world.path("VolumeSnapshot", "before", space))
    world.until(
        "the snapshot is gone", lambda: not world.store.all(SNAPSHOT) and not world.all("VolumeSnapshotContent")
    )
    world.server.delete(world.path("Pod", "user", space))
    for name in ("data", "restored", "small"):
        world.server.delete(world.path("PersistentVolumeClaim", name, space))
    world.until("only the kept disk is left", lambda: [d.id for d in world.store.all(DISK)] == [handle])
    [volume] = world.until("only its volume is left", lambda: len(v := world.all("PersistentVolume")) == 1 and v)
    assert volume["status"]["phase"] == "Released"
    world.server.delete(world.path("PersistentVolume", volume["metadata"]["name"]))
    world.until("the volume is gone", lambda: not world.all("PersistentVolume"))
    assert world.store.get(handle) is not None, "Retain keeps the disk"
    world.store.delete(handle)


def test_limits_end_scale_up_with_an_event(world: Any) -> None:
    space = "limits"
    world.create(namespace(space), pod("greedy", space, cpu="15500m"))
    [message] = world.until("an event", lambda: world.events(space, "NotTriggerScaleUp"))
    assert "max cluster cpu, memory limit reached" in message
    assert phase(world, "Pod", "greedy", space) == "Pending"
    world.server.delete(world.path("Pod", "greedy", space))


def test_a_compute_class_decides_the_nodes_and_falls_back(world: Any) -> None:
    space, label = "classes", "cloud.google.com/compute-class"
    storage = {"bootDiskType": "hyperdisk-balanced", "bootDiskSize": 50}
    stockouts.path(world.layout).write_text('["n4"]')
    world.create(
        namespace(space),
        compute_class("fast", {"machineFamily": "n4", "storage": storage}, {"machineFamily": "c3", "storage": storage}),
        pod("chosen", space, nodeSelector={label: "fast"}),
        pod("lost", space, nodeSelector={label: "gone"}),
    )
    world.until("it runs", lambda: phase(world, "Pod", "chosen", space) == "Running")
    node = world.get("Node", world.get("Pod", "chosen", space)["spec"]["nodeName"])
    labels = node["metadata"]["labels"]
    assert (labels[label], labels["cloud.google.com/machine-family"]) == ("fast", "c3")
    assert labels["cloud.google.com/gke-boot-disk"] == "hyperdisk-balanced"
    assert {"key": label, "value": "fast", "effect": "NoSchedule"} in node["spec"]["taints"]
    world.create(pod("other", space))
    world.until("another pod runs", lambda: phase(world, "Pod", "other", space) == "Running")
    assert world.get("Pod", "other", space)["spec"]["nodeName"] != node["metadata"]["name"]
    # Not the only event for certain: a pod can be seen before the class that it names.
    assert 'pod didn\'t trigger scale-up: 1 ComputeClass "gone" does not exist' in world.events(
        space, "NotTriggerScaleUp"
    )
    assert phase(world, "Pod", "lost", space) == "Pending"
    stockouts.path(world.layout).unlink()
    for name in ("chosen", "lost", "other"):
        world.server.delete(world.path("Pod", name, space))


def test_a_disk_that_the_machine_cannot_use_keeps_the_pod_waiting(world: Any) -> None:
    space, label = "mismatch", "cloud.google.com/compute-class"
    storage = {"bootDiskType": "hyperdisk-balanced"}
    world.create(
        namespace(space),
        storage_class("persistent-disk"),
        storage_class("hyperdisk", type="hyperdisk-balanced"),
        compute_class("newer", {"machineFamily": "n4", "storage": storage}),
    )
    for name, class_name in (("wrong", "persistent-disk"), ("right", "hyperdisk")):
        world.create(claim(name, space, class_name), pod(name, space, claim=name, nodeSelector={label: "newer"}))
    world.until("one runs", lambda: phase(world, "Pod", "right", space) == "Running")
    [message] = world.until("an event", lambda: world.events(space, "FailedAttachVolume"))
    assert "'pd-ssd' is not a compatible disk type with the machine type n4-standard-2" in message
    assert phase(world, "Pod", "wrong", space) == "Pending"
    for name in ("wrong", "right"):
        world.server.delete(world.path("Pod", name, space))
        world.server.delete(world.path("PersistentVolumeClaim", name, space))
    world.until("no disk is left", lambda: not world.store.all(DISK))


def test_an_unknown_disk_type_is_an_event_on_the_claim(world: Any) -> None:
    space = "unknown"
    world.create(
        namespace(space),
        storage_class("odd", type="pd-gold", mode="Immediate"),
        claim("data", space, "odd"),
    )
    # The claim can be seen before its class, which is an event too, as it is of the external provisioner.
    world.until(
        "an event",
        lambda: any("disk type 'pd-gold' does not exist" in why for why in world.events(space, "ProvisioningFailed")),
    )
    world.server.delete(world.path("PersistentVolumeClaim", "data", space))


def test_a_job_runs_and_succeeds(world: Any) -> None:
    space = "jobs"
    template = {"spec": {**pod("job", space)["spec"], "restartPolicy": "Never"}}
    world.create(
        namespace(space),
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "once", "namespace": space},
            "spec": {"template": template},
        },
    )
    world.until("it succeeds", lambda: world.get("Job", "once", space)["status"].get("succeeded") == 1)


def test_idle_nodes_go(world: Any) -> None:
    world.create(namespace("idle"), pod("short", "idle"))
    world.until("it runs", lambda: phase(world, "Pod", "short", "idle") == "Running")
    world.server.delete(world.path("Pod", "short", "idle"))
    world.until("no node", lambda: not world.all("Node"), seconds=60)
