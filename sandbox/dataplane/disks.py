"""Persistent disks as records of the simulated cloud."""

from __future__ import annotations

import csv
import json
import math
import zlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from sandbox.dataplane.changes import Json
from sandbox.dataplane.facts import DISK, SNAPSHOT, Cluster
from sandbox.dataplane.machines import GIBIBYTE, Machine
from sandbox.dataplane.requests import quantity
from sandbox.simulator.store import Record

TABLE = Path(__file__).with_name("disk_types.csv")
MACHINES = Path(__file__).with_name("disk_machines.csv")
COMPUTE = "https://www.googleapis.com/compute/v1"
# The driver's own default when a class names no type:
# https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver#createvolume-parameters
DEFAULT_TYPE = "pd-standard"


@dataclass(frozen=True, kw_only=True)
class DiskType:
    """Sizes in GiB that Compute Engine allows."""

    min_gib: int
    max_gib: int


@cache
def disk_types() -> dict[str, DiskType]:
    """Every disk type of the committed table by name."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            row["type"]: DiskType(min_gib=int(row["min_gib"]), max_gib=int(row["max_gib"]))
            for row in csv.DictReader(file)
        }


@cache
def machine_disks() -> dict[tuple[str, str], int]:
    """Fewest cores of a machine by its family and a disk type that works with it."""
    with MACHINES.open(encoding="utf-8", newline="") as file:
        return {(row["family"], row["disk_type"]): int(row["min_vcpus"]) for row in csv.DictReader(file)}


def attaches(type: str, machine: Machine) -> bool:
    """Whether disks of a type, boot disks too, work with a machine."""
    fewest = machine_disks().get((machine.family, type))
    return fewest is not None and machine.vcpus >= fewest


def gib(text: str) -> int:
    """A Kubernetes quantity in whole GiB, rounded up."""
    return math.ceil(quantity(text) / GIBIBYTE)


def disk_handle(cluster: Cluster, *, zone: str, name: str) -> str:
    """The volume handle, which is the disk's id in the store."""
    return f"projects/{cluster.project}/zones/{zone}/disks/{name}"


def disk_record(
    cluster: Cluster, claim: Json, *, name: str, zone: str, type: str, size_gib: int, snapshot: str | None
) -> Record:
    """The disk that the CSI driver makes for a claim."""
    id = disk_handle(cluster, zone=zone, name=name)
    inputs: Json = {
        "name": name,
        "project": cluster.project,
        "zone": zone,
        "type": type,
        "size": size_gib,
        "labels": {"goog-gke-volume": "", "goog-gke-cluster-name": cluster.name, "goog-gke-node": ""},
        "description": json.dumps(
            {
                "kubernetes.io/created-for/pv/name": name,
                "kubernetes.io/created-for/pvc/name": claim["metadata"]["name"],
                "kubernetes.io/created-for/pvc/namespace": claim["metadata"]["namespace"],
                "storage.gke.io/created-by": "pd.csi.storage.gke.io",
            }
        ),
    }
    if snapshot:
        inputs["snapshot"] = snapshot
    outputs = {**inputs, "selfLink": f"{COMPUTE}/{id}"}
    return Record(type=DISK, id=id, inputs=inputs, outputs=outputs, origin="data-plane")


def resized(record: Record, size_gib: int) -> Record:
    """The same disk, larger. A disk never shrinks."""
    size = max(size_gib, int(record.outputs.get("size") or 0))
    return replace(record, inputs={**record.inputs, "size": size}, outputs={**record.outputs, "size": size})


def snapshot_handle(cluster: Cluster, name: str) -> str:
    """The snapshot handle, which is the snapshot's id in the store."""
    return f"projects/{cluster.project}/global/snapshots/{name}"


def snapshot_record(cluster: Cluster, *, name: str, disk: Record) -> Record:
    """A snapshot of a disk."""
    id = snapshot_handle(cluster, name)
    inputs = {
        "name": name,
        "project": cluster.project,
        "sourceDisk": disk.id,
        "zone": disk.outputs.get("zone"),
        "storageLocations": [cluster.region],
    }
    outputs = {**inputs, "diskSizeGb": int(disk.outputs["size"]), "selfLink": f"{COMPUTE}/{id}"}
    return Record(type=SNAPSHOT, id=id, inputs=inputs, outputs=outputs, origin="data-plane")


def zone_for(name: str, zones: tuple[str, ...]) -> str:
    """A zone for a claim that does not wait for a node: by its name, replicas of a StatefulSet in different ones.

    After the driver's sidecar: https://github.com/kubernetes/cloud-provider/blob/master/volume/helpers/zones.go
    """
    stem, dash, ordinal = name.rpartition("-")
    offset = int(ordinal) if dash and ordinal.isdigit() else 0
    return zones[(zlib.crc32((stem if offset or dash else name).encode()) + offset) % len(zones)]
