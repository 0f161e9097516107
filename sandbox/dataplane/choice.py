"""Which node to make for a pod: the first that a rule allows, a zone has, the limits permit and the pod accepts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from sandbox.dataplane.changes import Json
from sandbox.dataplane.disks import attaches
from sandbox.dataplane.facts import Cluster
from sandbox.dataplane.machines import Machine
from sandbox.dataplane.node_objects import Shape, node
from sandbox.dataplane.rules import NoNode, Rule
from sandbox.dataplane.scheduling import Host, Storage, refusal


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a choice looks at. `over_limits` names the resources whose limit one more such machine would break.

    `stockouts` are machine families and machine types that the cloud has none of.
    """

    cluster: Cluster
    hosts: list[Host]
    storage: Storage
    over_limits: Callable[[Machine], list[str]]
    stockouts: Collection[str] = ()

    def choose(self, pod: Json, rules: Iterable[Rule | NoNode]) -> tuple[Shape | None, Counter[str]]:
        """By the first rule that can: the smallest machine, in the zone with the fewest of the pod's kind.

        Without one: how often each reason was in the way.
        """
        reasons: Counter[str] = Counter()
        for rule in rules:
            if isinstance(rule, NoNode):
                reasons[rule.reason] += 1
                continue
            for shape, why in self._tried(pod, rule):
                if not why:
                    return shape, reasons
                reasons[why] += 1
        return None, reasons

    def _tried(self, pod: Json, rule: Rule) -> Iterator[tuple[Shape, str]]:
        zones = _zones(pod, rule.zones, self.hosts)
        for machine in rule.machines:
            why_not = self._unobtainable(machine, rule)
            for zone in zones:
                shape = rule.shape(self.cluster, machine, zone)
                yield shape, why_not or self._refusal(pod, shape)

    def _unobtainable(self, machine: Machine, rule: Rule) -> str:
        if not attaches(rule.disk_type, machine):
            return f"boot disk type {rule.disk_type} does not work with {machine.family} machines"
        if machine.family in self.stockouts or machine.type in self.stockouts:
            return f"GCE out of resources for {machine.type}"
        return ""

    def _refusal(self, pod: Json, shape: Shape) -> str:
        body = node(self.cluster, shape, name="template", taken_addresses=(), taken_ranges=())
        host = Host.of(body, ())
        if why := refusal(pod, host, [*self.hosts, host], self.storage):
            return why
        over = self.over_limits(shape.machine)
        return f"max cluster {', '.join(over)} limit reached" if over else ""


def _zones(pod: Json, zones: Iterable[str], hosts: Iterable[Host]) -> list[str]:
    labels = pod["metadata"].get("labels") or {}
    kin: Counter[str] = Counter()
    nodes: Counter[str] = Counter()
    for host in hosts:
        zone = host.labels.get("topology.kubernetes.io/zone", "")
        nodes[zone] += 1
        kin[zone] += sum(
            p["metadata"]["namespace"] == pod["metadata"]["namespace"]
            and _kin(p["metadata"].get("labels") or {}) == _kin(labels)
            for p in host.pods
        )
    return sorted(zones, key=lambda zone: (kin[zone], nodes[zone], zone))


def _kin(labels: dict[str, str]) -> dict[str, str]:
    """Labels without those that differ between the replicas of one workload."""
    own = ("statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "pod-template-hash")
    return {k: v for k, v in labels.items() if k not in own and k != "controller-revision-hash"}
