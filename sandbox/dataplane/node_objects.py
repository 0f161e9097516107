"""Node and CSINode objects as GKE writes them, to be kept alive by kwok."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sandbox.dataplane.changes import Json
from sandbox.dataplane.facts import DRIVER, ZONE_LABEL, Cluster
from sandbox.dataplane.machines import PODS_PER_NODE, Machine, allocatable_disk_bytes

FAKE = "kwok.x-k8s.io/node"
POOL_LABEL = "cloud.google.com/gke-nodepool"
NAP_PREFIX = "nap-"
# A kubelet sets it on its node; for nodes without it the controller manager has no volume attached.
ASKS = "volumes.kubernetes.io/controller-managed-attach-detach"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A kind of node: machine type, zone, pool, boot disk, and the labels and taints that its pool adds."""

    machine: Machine
    zone: str
    pool: str
    disk_type: str
    disk_gib: int
    extra_labels: Mapping[str, str]
    taints: tuple[Json, ...] = ()

    def labels(self, cluster: Cluster, *, name: str) -> dict[str, str]:
        """All labels of a node of this shape."""
        return {
            **self.extra_labels,
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "node.kubernetes.io/instance-type": self.machine.type,
            "topology.kubernetes.io/region": cluster.region,
            "topology.kubernetes.io/zone": self.zone,
            ZONE_LABEL: self.zone,
            "cloud.google.com/machine-family": self.machine.family,
            "cloud.google.com/gke-boot-disk": self.disk_type,
            "cloud.google.com/gke-container-runtime": "containerd",
            "cloud.google.com/gke-os-distribution": "cos",
            "cloud.google.com/gke-provisioning": "standard",
            POOL_LABEL: self.pool,
        }


def auto_provisioned(
    cluster: Cluster,
    machine: Machine,
    zone: str,
    *,
    disk_type: str = "",
    disk_gib: int = 0,
    labels: Mapping[str, str] | None = None,
    taints: tuple[Json, ...] = (),
) -> Shape:
    """The shape that node auto-provisioning makes of a machine type in a zone; the cluster's boot disk unless given."""
    disk_type, disk_gib = disk_type or cluster.boot_disk_type, disk_gib or cluster.boot_disk_gib
    # Nodes that differ in anything are of different pools.
    own = repr((disk_type, disk_gib, sorted((labels or {}).items()), taints)) if labels or taints else ""
    return Shape(
        machine=machine,
        zone=zone,
        pool=f"{NAP_PREFIX}{machine.type}-{_digest(cluster.id, machine.type, own)[:8]}",
        disk_type=disk_type,
        disk_gib=disk_gib,
        extra_labels=labels or {},
        taints=taints,
    )


def node_name(cluster: Cluster, shape: Shape, *, seed: str, taken: Collection[str]) -> str:
    """A name that is not taken, the same for the same seed: `gke-CLUSTER-POOL-xxxxxxxx-yyyy`, 63 characters at most."""
    group = _digest(cluster.id, shape.pool, shape.zone)[:8]
    stem = f"gke-{cluster.name}-{shape.pool}"[: 63 - 14].rstrip("-")
    for attempt in range(10_000):
        name = f"{stem}-{group}-{_digest(seed, str(attempt))[:4]}"
        if name not in taken:
            return name
    raise AssertionError("ten thousand nodes were named from one seed")


def node(
    cluster: Cluster, shape: Shape, *, name: str, taken_addresses: Collection[str], taken_ranges: Collection[str]
) -> Json:
    """The Node, with the first free address of the subnetwork and the first free /24 of the pod range."""
    machine = shape.machine
    memory, disk = machine.memory_bytes, shape.disk_gib * 1024**3
    capacity = {"cpu": str(machine.vcpus), "memory": str(memory), "ephemeral-storage": str(disk)}
    allocatable = {
        "cpu": f"{machine.allocatable_millicores}m",
        "memory": str(machine.allocatable_bytes),
        "ephemeral-storage": str(allocatable_disk_bytes(shape.disk_gib)),
    }
    pods = {"pods": str(PODS_PER_NODE)}
    pod_range = _first_range(cluster.pod_cidr, taken_ranges)
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": shape.labels(cluster, name=name),
            "annotations": {
                FAKE: "fake",
                "csi.volume.kubernetes.io/nodeid": _node_id(cluster, shape.zone, name),
                ASKS: "true",
            },
        },
        "spec": {
            "podCIDR": pod_range,
            "podCIDRs": [pod_range],
            "providerID": f"gce://{cluster.project}/{shape.zone}/{name}",
            "taints": list(shape.taints),
        },
        "status": {
            "capacity": {**capacity, **pods},
            "allocatable": {**allocatable, **pods},
            "addresses": [
                {"type": "InternalIP", "address": _first_address(cluster.subnetwork_cidr, taken_addresses)},
                {"type": "Hostname", "address": name},
            ],
            "nodeInfo": {
                "architecture": "amd64",
                "operatingSystem": "linux",
                "kubeletVersion": f"v{cluster.version}" if cluster.version else "",
                "osImage": "Container-Optimized OS from Google (simulated)",
                "containerRuntimeVersion": "",
                "kernelVersion": "",
                "kubeProxyVersion": "",
                "machineID": "",
                "bootID": "",
                "systemUUID": "",
            },
        },
    }


def csi_node(cluster: Cluster, owner: Json) -> Json:
    """The CSINode of a Node: what the node's CSI driver would register."""
    name = owner["metadata"]["name"]
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "CSINode",
        "metadata": {
            "name": name,
            "ownerReferences": [
                {"apiVersion": "v1", "kind": "Node", "name": name, "uid": owner["metadata"]["uid"]},
            ],
        },
        "spec": {
            "drivers": [
                {
                    "name": DRIVER,
                    "nodeID": _node_id(cluster, owner["metadata"]["labels"][ZONE_LABEL], name),
                    "topologyKeys": [ZONE_LABEL],
                }
            ]
        },
    }


def _node_id(cluster: Cluster, zone: str, name: str) -> str:
    return f"projects/{cluster.project}/zones/{zone}/instances/{name}"


def _first_address(cidr: str, taken: Collection[str]) -> str:
    # Google keeps the first two and the last two addresses of a subnetwork.
    network = ipaddress.ip_network(cidr, strict=False)
    for offset in range(2, network.num_addresses - 2):
        address = str(network[offset])
        if address not in taken:
            return address
    return str(network[2])


def _first_range(cidr: str, taken: Collection[str]) -> str:
    network = ipaddress.ip_network(cidr, strict=False)
    if network.prefixlen >= 24:
        return str(network)
    return next((str(r) for r in network.subnets(new_prefix=24) if str(r) not in taken), str(network))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
