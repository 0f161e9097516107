"""Nodes that explicit node pools ask for. They are not scaled."""

from __future__ import annotations

import re

from sandbox.dataplane.changes import Json
from sandbox.dataplane.facts import NODE_POOL, Cluster, Facts
from sandbox.dataplane.machines import catalogue
from sandbox.dataplane.node_objects import Shape, node_name
from sandbox.simulator.store import Record

GKE_DEFAULT_MACHINE = "e2-medium"
# The data plane has no shared-core machines: the nearest one it has stands in for GKE's default.
STAND_IN = "e2-standard-2"

_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}


def wanted_nodes(facts: Facts, cluster: Cluster) -> dict[str, Shape]:
    """Names and shapes of the nodes of every node pool of the cluster. A pool with an unknown machine gets none."""
    wanted: dict[str, Shape] = {}
    for record in facts.of_type(NODE_POOL):
        if _belongs(record, cluster):
            wanted.update(_nodes(record, cluster, known=wanted))
    return wanted


def _belongs(record: Record, cluster: Cluster) -> bool:
    return str(record.outputs.get("cluster", "")).rsplit("/", 1)[-1] == cluster.name


def _nodes(record: Record, cluster: Cluster, *, known: dict[str, Shape]) -> dict[str, Shape]:
    outputs, config = record.outputs, record.outputs.get("nodeConfig") or {}
    machine_type = config.get("machineType") or GKE_DEFAULT_MACHINE
    machine = catalogue().get(STAND_IN if machine_type == GKE_DEFAULT_MACHINE else machine_type)
    if machine is None:
        return {}
    count = outputs.get("nodeCount")
    per_zone = int(count if count is not None else outputs.get("initialNodeCount") or 0)
    found: dict[str, Shape] = {}
    for zone in sorted(outputs.get("nodeLocations") or cluster.zones):
        shape = Shape(
            machine=machine,
            zone=zone,
            pool=str(outputs.get("name") or record.id.rsplit("/", 1)[-1]),
            disk_type=config.get("diskType") or "pd-balanced",
            disk_gib=int(config.get("diskSizeGb") or 100),
            extra_labels=config.get("labels") or {},
            taints=tuple(_taint(t) for t in config.get("taints") or []),
        )
        for index in range(per_zone):
            name = node_name(cluster, shape, seed=f"{record.id} {zone} {index}", taken={*known, *found})
            found[name] = shape
    return found


def _taint(taint: Json) -> Json:
    effect = str(taint.get("effect", ""))
    return {
        "key": taint["key"],
        "value": taint.get("value") or "",
        "effect": _EFFECTS.get(effect, re.sub(r"[^A-Za-z]", "", effect)),
    }
