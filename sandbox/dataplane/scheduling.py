"""Whether a pod would fit a node: the scheduler's filters that a new node can satisfy.

Covered: requests, node selector and affinity, taints, cordons, volume topology, hard topology spread, required pod
affinity and anti-affinity. Not covered: host ports, volume counts, preemption, dynamic resource allocation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sandbox.dataplane.changes import Json
from sandbox.dataplane.requests import Amount, amount, requests_of, shortage
from sandbox.dataplane.selectors import (
    label_selector_matches,
    node_selector_matches,
    tolerated,
    topology_terms_match,
)


@dataclass(kw_only=True)
class Host:
    """A node, real or planned, with the pods placed on it so far."""

    name: str
    labels: Mapping[str, str]
    allocatable: Amount
    taints: list[Json] = field(default_factory=list)
    cordoned: bool = False
    pods: list[Json] = field(default_factory=list)
    used: Amount = field(default_factory=Amount)

    @classmethod
    def of(cls, node: Json, pods: Iterable[Json]) -> Host:
        """A Node object. The taints that a starting node carries for a moment are not held against it."""
        spec, free = node.get("spec") or {}, (node.get("status") or {}).get("allocatable") or {}
        host = cls(
            name=node["metadata"]["name"],
            labels=node["metadata"].get("labels") or {},
            allocatable=amount(free, pods=int(free.get("pods", 0))),
            taints=[t for t in spec.get("taints") or [] if not t["key"].startswith("node.kubernetes.io/")],
            cordoned=bool(spec.get("unschedulable")),
        )
        for pod in pods:
            host.place(pod)
        return host

    def place(self, pod: Json) -> None:
        """Put a pod on this host."""
        self.pods.append(pod)
        self.used += requests_of(pod)


@dataclass(frozen=True, kw_only=True)
class Storage:
    """Claims, volumes and classes, for the topology of a pod's volumes."""

    claims: Mapping[tuple[str, str], Json]
    volumes: Mapping[str, Json]
    classes: Mapping[str, Json]


def refusal(pod: Json, host: Host, hosts: list[Host], storage: Storage) -> str | None:
    """Why the scheduler would not put `pod` on `host` given all `hosts` (`host` among them), in its words, or None."""
    spec = pod["spec"]
    affinity = spec.get("affinity") or {}
    required = (affinity.get("nodeAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    selector = spec.get("nodeSelector") or {}
    if host.cordoned:
        return "node(s) were unschedulable"
    if not tolerated(host.taints, spec.get("tolerations") or []):
        return "node(s) had untolerated taint(s)"
    if any(host.labels.get(key) != value for key, value in selector.items()) or not node_selector_matches(
        required, host.labels, name=host.name
    ):
        return "node(s) didn't match Pod's node affinity/selector"
    if not (host.used + requests_of(pod)).within(host.allocatable):
        return shortage(host.used + requests_of(pod), host.allocatable)
    if not _volumes_reachable(pod, host, storage):
        return "node(s) had volume node affinity conflict"
    if not _spread(pod, host, hosts):
        return "node(s) didn't match pod topology spread constraints"
    if not _apart(pod, host, hosts):
        return "node(s) didn't match pod anti-affinity rules"
    if not _together(pod, host, hosts):
        return "node(s) didn't match pod affinity rules"
    return None


def claim_names(pod: Json) -> list[str]:
    """Names of the claims a pod mounts, generic ephemeral volumes included."""
    names = []
    for volume in pod["spec"].get("volumes") or []:
        if claim := volume.get("persistentVolumeClaim"):
            names.append(claim["claimName"])
        elif volume.get("ephemeral"):
            names.append(f"{pod['metadata']['name']}-{volume['name']}")
    return names


def _volumes_reachable(pod: Json, host: Host, storage: Storage) -> bool:
    for name in claim_names(pod):
        claim = storage.claims.get((pod["metadata"]["namespace"], name))
        if claim is None:
            continue
        volume = storage.volumes.get(claim["spec"].get("volumeName") or "")
        if volume is not None:
            required = (volume["spec"].get("nodeAffinity") or {}).get("required")
            if not node_selector_matches(required, host.labels, name=host.name):
                return False
            continue
        storage_class = storage.classes.get(claim["spec"].get("storageClassName") or "") or {}
        if not topology_terms_match(storage_class.get("allowedTopologies"), host.labels):
            return False
    return True


def _spread(pod: Json, host: Host, hosts: list[Host]) -> bool:
    for rule in pod["spec"].get("topologySpreadConstraints") or []:
        key = rule["topologyKey"]
        if rule.get("whenUnsatisfiable") == "ScheduleAnyway":
            continue
        if key not in host.labels:
            return False
        counts = {other.labels[key]: 0 for other in hosts if key in other.labels and _eligible(pod, other)}
        for other in hosts:
            if other.labels.get(key) in counts:
                counts[other.labels[key]] += sum(_selected(pod, rule.get("labelSelector"), p) for p in other.pods)
        mine = counts.get(host.labels[key], 0) + _selected(pod, rule.get("labelSelector"), pod)
        fewest = 0 if len(counts) < rule.get("minDomains", 1) else min(counts.values())
        if mine - fewest > rule["maxSkew"]:
            return False
    return True


def _eligible(pod: Json, host: Host) -> bool:
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    selector = pod["spec"].get("nodeSelector") or {}
    return all(host.labels.get(k) == v for k, v in selector.items()) and node_selector_matches(
        required, host.labels, name=host.name
    )


def _selected(pod: Json, selector: Json | None, other: Json) -> bool:
    return other["metadata"]["namespace"] == pod["metadata"]["namespace"] and label_selector_matches(
        selector, other["metadata"].get("labels") or {}
    )


def _apart(pod: Json, host: Host, hosts: list[Host]) -> bool:
    for other in hosts:
        for term in _terms(pod, "podAntiAffinity"):
            if _same(host, other, term) and any(_in_term(pod, term, placed) for placed in other.pods):
                return False
        for placed in other.pods:
            for term in _terms(placed, "podAntiAffinity"):
                if _same(host, other, term) and _in_term(placed, term, pod):
                    return False
    return True


def _together(pod: Json, host: Host, hosts: list[Host]) -> bool:
    for term in _terms(pod, "podAffinity"):
        holders = [other for other in hosts if any(_in_term(pod, term, placed) for placed in other.pods)]
        # The first pod of a group that wants its own kind near is let in anywhere.
        if not any(_same(host, other, term) for other in holders) and (holders or not _in_term(pod, term, pod)):
            return False
    return True


def _terms(pod: Json, kind: str) -> list[Json]:
    rules = (pod["spec"].get("affinity") or {}).get(kind) or {}
    return list(rules.get("requiredDuringSchedulingIgnoredDuringExecution") or [])


def _same(host: Host, other: Host, term: Json) -> bool:
    value = host.labels.get(term["topologyKey"])
    return value is not None and value == other.labels.get(term["topologyKey"])


def _in_term(owner: Json, term: Json, other: Json) -> bool:
    namespaces = term.get("namespaces") or [owner["metadata"]["namespace"]]
    return other["metadata"]["namespace"] in namespaces and label_selector_matches(
        term.get("labelSelector"), other["metadata"].get("labels") or {}
    )
