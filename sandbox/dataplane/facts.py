"""What the planners look at: a copy of the API server's objects and of the simulated cloud's records at one moment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.dataplane.changes import Json
from sandbox.simulator.store import Record

CLUSTER = "gcp:container/cluster:Cluster"
NODE_POOL = "gcp:container/nodePool:NodePool"
DISK = "gcp:compute/disk:Disk"
SNAPSHOT = "gcp:compute/snapshot:Snapshot"
ADDRESS = "gcp:compute/address:Address"
FORWARDING_RULE = "gcp:compute/forwardingRule:ForwardingRule"

DRIVER = "pd.csi.storage.gke.io"
ZONE_LABEL = "topology.gke.io/zone"

DEFAULT_BOOT_DISK_TYPE = "pd-balanced"
DEFAULT_BOOT_DISK_GIB = 100


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Bounds of node auto-provisioning for one resource: cores, or GiB of memory."""

    minimum: float
    maximum: float


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """What the data plane needs of a GKE cluster's record."""

    id: str
    project: str
    location: str
    name: str
    zones: tuple[str, ...]
    auto_provisioning: bool
    limits: Mapping[str, Limit]
    boot_disk_type: str
    boot_disk_gib: int
    version: str
    subnetwork_cidr: str
    pod_cidr: str

    @property
    def region(self) -> str:
        """The region of the cluster, also when its location is a zone."""
        return re.sub(r"-[a-z]$", "", self.location)

    @classmethod
    def of(cls, record: Record, *, subnetwork_cidr: str = "") -> Cluster:
        """Read a cluster's record."""
        _, project, _, location, _, name = record.id.split("/")
        outputs = record.outputs
        scaling = outputs.get("clusterAutoscaling") or {}
        defaults = scaling.get("autoProvisioningDefaults") or {}
        zones = scaling.get("autoProvisioningLocations") or outputs.get("nodeLocations")
        if not zones:
            is_zone = re.search(r"-[a-z]$", location) is not None
            zones = [location] if is_zone else [f"{location}-{letter}" for letter in "bcd"]
        allocation = outputs.get("ipAllocationPolicy") or {}
        return cls(
            id=record.id,
            project=project,
            location=location,
            name=name,
            zones=tuple(sorted(zones)),
            auto_provisioning=bool(scaling.get("enabled", bool(scaling.get("resourceLimits")))),
            limits={
                limit["resourceType"]: Limit(
                    minimum=float(limit.get("minimum") or 0), maximum=float(limit.get("maximum") or 0)
                )
                for limit in scaling.get("resourceLimits") or []
            },
            boot_disk_type=defaults.get("diskType") or DEFAULT_BOOT_DISK_TYPE,
            boot_disk_gib=int(defaults.get("diskSize") or DEFAULT_BOOT_DISK_GIB),
            version=str(outputs.get("masterVersion") or ""),
            subnetwork_cidr=subnetwork_cidr or "10.128.0.0/20",
            pod_cidr=_cidr(allocation.get("clusterIpv4CidrBlock")) or "10.4.0.0/14",
        )


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One consistent look at the world. Objects are the API server's JSON, each with `kind` and `apiVersion`."""

    now: datetime
    cluster: Cluster | None = None
    pods: Sequence[Json] = ()
    nodes: Sequence[Json] = ()
    services: Sequence[Json] = ()
    claims: Sequence[Json] = ()
    volumes: Sequence[Json] = ()
    storage_classes: Sequence[Json] = ()
    attachments: Sequence[Json] = ()
    drivers: Sequence[Json] = ()
    csi_nodes: Sequence[Json] = ()
    snapshots: Sequence[Json] = ()
    snapshot_contents: Sequence[Json] = ()
    snapshot_classes: Sequence[Json] = ()
    compute_classes: Sequence[Json] = ()
    stockouts: frozenset[str] = frozenset()
    records: Mapping[str, Record] = field(default_factory=dict)

    def of_type(self, type: str) -> list[Record]:
        """The cloud's records of one type, sorted by id."""
        return sorted((r for r in self.records.values() if r.type == type), key=lambda r: r.id)

    @property
    def stamp(self) -> str:
        """`now` as the API server writes times."""
        return timestamp(self.now)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in whole seconds, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def by_name(objects: Sequence[Json]) -> dict[str, Json]:
    """Cluster-scoped objects by name."""
    return {value["metadata"]["name"]: value for value in objects}


def by_key(objects: Sequence[Json]) -> dict[tuple[str, str], Json]:
    """Namespaced objects by namespace and name."""
    return {(value["metadata"]["namespace"], value["metadata"]["name"]): value for value in objects}


def condition(value: Json, type: str) -> Json | None:
    """A condition of an object's status by type."""
    for entry in (value.get("status") or {}).get("conditions") or []:
        if entry["type"] == type:
            return dict(entry)
    return None


def _cidr(value: object) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"[\d.]+/\d+", value) else ""
