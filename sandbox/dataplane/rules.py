"""What node auto-provisioning may try for a pod, in order: the pod's compute class, or the cluster's defaults.

https://cloud.google.com/kubernetes-engine/docs/concepts/about-custom-compute-classes
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.dataplane.changes import Json
from sandbox.dataplane.facts import Cluster, by_name
from sandbox.dataplane.machines import Machine, catalogue
from sandbox.dataplane.node_objects import Shape, auto_provisioned

CLASS_LABEL = "cloud.google.com/compute-class"
DEFAULT_FAMILY = "e2"

_CHOOSES_MACHINE = ("cloud.google.com/machine-family", "node.kubernetes.io/instance-type")
# Fields of a priority whose nodes would differ in a way the data plane does not know. `spot: false` is the default.
_NOT_SIMULATED: Mapping[str, Callable[[Json], object]] = {
    "spot machines": lambda rule: rule.get("spot"),
    "nodepools": lambda rule: rule.get("nodepools"),
    "gpu": lambda rule: rule.get("gpu"),
    "tpu": lambda rule: rule.get("tpu"),
    "flexStart": lambda rule: (rule.get("flexStart") or {}).get("enabled"),
    "podFamily": lambda rule: rule.get("podFamily"),
    "placement": lambda rule: rule.get("placement"),
    "priorityScore": lambda rule: rule.get("priorityScore") is not None,
    "specific reservations": lambda rule: (rule.get("reservations") or {}).get("affinity") == "Specific",
    "local SSDs": lambda rule: (rule.get("storage") or {}).get("localSSDCount"),
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Machines, smallest first, and zones to try; the boot disk, and what the nodes carry beside GKE's own labels."""

    machines: tuple[Machine, ...]
    zones: tuple[str, ...]
    disk_type: str
    disk_gib: int
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Json, ...] = ()

    def shape(self, cluster: Cluster, machine: Machine, zone: str) -> Shape:
        """The kind of node that this rule makes of a machine in a zone."""
        return auto_provisioned(
            cluster,
            machine,
            zone,
            disk_type=self.disk_type,
            disk_gib=self.disk_gib,
            labels=self.labels,
            taints=self.taints,
        )


@dataclass(frozen=True, kw_only=True)
class NoNode:
    """A rule that makes no node, and why."""

    reason: str


def class_of(pod: Json) -> str:
    """The name of the compute class that a pod selects, or nothing."""
    return str((pod["spec"].get("nodeSelector") or {}).get(CLASS_LABEL) or "")


def rules_for(pod: Json, cluster: Cluster, classes: Sequence[Json]) -> tuple[Rule | NoNode, ...]:
    """What to try for a pod, in order."""
    name = class_of(pod)
    if not name:
        wishes = repr((pod["spec"].get("nodeSelector"), pod["spec"].get("affinity")))
        picky = any(key in wishes for key in _CHOOSES_MACHINE)
        return (_defaults(cluster, tuple(catalogue().values()) if picky else _family(DEFAULT_FAMILY)),)
    found = by_name(classes).get(name)
    if found is None:
        return (NoNode(reason=f'ComputeClass "{name}" does not exist'),)
    spec = found["spec"]
    if not (spec.get("nodePoolAutoCreation") or {}).get("enabled"):
        return (NoNode(reason=f'ComputeClass "{name}" has no nodePoolAutoCreation'),)
    rules = [_rule(name, spec, rule, cluster) for rule in spec.get("priorities") or []]
    if spec.get("whenUnsatisfiable") == "ScaleUpAnyway":
        rules.append(_defaults(cluster, _family(DEFAULT_FAMILY), labels=_labels(name), taints=(_taint(name),)))
    return tuple(rules)


def _rule(name: str, spec: Json, rule: Json, cluster: Cluster) -> Rule | NoNode:
    for what, asks in _NOT_SIMULATED.items():
        if asks(rule):
            return NoNode(reason=f'priority of ComputeClass "{name}" with {what}, which the sandbox does not simulate')
    machines = _machines(rule)
    if not machines:
        return NoNode(reason=f'priority of ComputeClass "{name}" that no machine of the sandbox meets')
    storage, config = rule.get("storage") or {}, spec.get("nodePoolConfig") or {}
    location = rule.get("location") or (spec.get("priorityDefaults") or {}).get("location") or {}
    return Rule(
        machines=machines,
        zones=tuple(location.get("zones") or cluster.zones),
        disk_type=storage.get("bootDiskType") or cluster.boot_disk_type,
        disk_gib=int(storage.get("bootDiskSize") or cluster.boot_disk_gib),
        labels={**(config.get("nodeLabels") or {}), **(rule.get("nodeLabels") or {}), **_labels(name)},
        taints=(_taint(name), *(config.get("taints") or ()), *(rule.get("taints") or ())),
    )


def _machines(rule: Json) -> tuple[Machine, ...]:
    if wanted := rule.get("machineType"):
        return tuple(machine for machine in catalogue().values() if machine.type == wanted)
    return tuple(
        machine
        for machine in _family(rule.get("machineFamily") or DEFAULT_FAMILY)
        if machine.vcpus >= (rule.get("minCores") or 0) and machine.memory_gib >= (rule.get("minMemoryGb") or 0)
    )


def _family(name: str) -> tuple[Machine, ...]:
    return tuple(machine for machine in catalogue().values() if machine.family == name)


def _defaults(
    cluster: Cluster,
    machines: tuple[Machine, ...],
    *,
    labels: Mapping[str, str] | None = None,
    taints: tuple[Json, ...] = (),
) -> Rule:
    return Rule(
        machines=machines,
        zones=cluster.zones,
        disk_type=cluster.boot_disk_type,
        disk_gib=cluster.boot_disk_gib,
        labels=labels or {},
        taints=taints,
    )


def _labels(name: str) -> dict[str, str]:
    return {CLASS_LABEL: name}


def _taint(name: str) -> Json:
    return {"key": CLASS_LABEL, "value": name, "effect": "NoSchedule"}
