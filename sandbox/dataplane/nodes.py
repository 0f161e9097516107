"""Which nodes to make and which to remove: node auto-provisioning within the cluster's limits, and node pools."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sandbox.dataplane.changes import Action, Create, Delete, Emit, Json, Wait, name_of
from sandbox.dataplane.choice import Choice
from sandbox.dataplane.facts import Cluster, Facts, by_key, by_name, condition
from sandbox.dataplane.machines import GIBIBYTE, Machine
from sandbox.dataplane.node_objects import (
    FAKE,
    NAP_PREFIX,
    POOL_LABEL,
    Shape,
    csi_node,
    node,
    node_name,
)
from sandbox.dataplane.node_pools import wanted_nodes
from sandbox.dataplane.requests import amount
from sandbox.dataplane.rules import CLASS_LABEL, class_of, rules_for
from sandbox.dataplane.scheduling import Host, Storage, claim_names, refusal

AUTOSCALER = "cluster-autoscaler"
# Simulated minutes pass in a real second, the scheduler and the controllers need real ones: an empty node must not go
# while they are still about to use it.
IDLE_REAL_SECONDS = 10.0


@dataclass(kw_only=True)
class _Draft:
    """Nodes as they would be once this plan is carried out."""

    cluster: Cluster
    hosts: list[Host]
    cores: float = 0
    memory: int = 0
    names: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    ranges: set[str] = field(default_factory=set)
    actions: list[Action] = field(default_factory=list)

    def add(self, shape: Shape, *, seed: str, wait: Wait, events: tuple[Emit, ...] = (), name: str = "") -> Host:
        name = name or node_name(self.cluster, shape, seed=seed, taken=self.names)
        body = node(self.cluster, shape, name=name, taken_addresses=self.addresses, taken_ranges=self.ranges)
        self._count(body)
        self.actions.append(Action(changes=(Create(kind="Node", body=body), *events), wait=wait))
        host = Host.of(body, ())
        self.hosts.append(host)
        return host

    def _count(self, body: Json) -> None:
        capacity = amount(body["status"].get("capacity") or {}, pods=0)
        self.cores += capacity.cpu / 1000
        self.memory += capacity.memory
        self.names.add(body["metadata"]["name"])
        self.addresses.update(a["address"] for a in body["status"].get("addresses") or [])
        if pod_range := (body.get("spec") or {}).get("podCIDR"):
            self.ranges.add(pod_range)

    def over_limits(self, machine: Machine) -> list[str]:
        """Names of the resources whose cluster limit one more such machine would break."""
        after = {"cpu": self.cores + machine.vcpus, "memory": (self.memory + machine.memory_bytes) / GIBIBYTE}
        return [
            resource
            for resource, value in after.items()
            if (limit := self.cluster.limits.get(resource)) is not None and value > limit.maximum
        ]


def plan(facts: Facts) -> list[Action]:
    """Every node to make or remove, and the autoscaler's Events about pods it cannot help."""
    ours = [n for n in facts.nodes if (n["metadata"].get("annotations") or {}).get(FAKE) == "fake"]
    if facts.cluster is None:
        return [Action(changes=(Delete(kind="Node", namespace="", name=n["metadata"]["name"]),)) for n in ours]
    draft = _draft(facts, facts.cluster)
    _keep_pools(facts, draft, ours)
    _provision(facts, draft)
    _remove_idle(draft, ours)
    registered = by_name(facts.csi_nodes)
    for existing in ours:
        if existing["metadata"]["name"] not in registered:
            draft.actions.append(Action(changes=(Create(kind="CSINode", body=csi_node(facts.cluster, existing)),)))
    return draft.actions


def _draft(facts: Facts, cluster: Cluster) -> _Draft:
    placed: dict[str, list[Json]] = {}
    for pod in facts.pods:
        if pod["spec"].get("nodeName") and not _ended(pod):
            placed.setdefault(pod["spec"]["nodeName"], []).append(pod)
    draft = _Draft(cluster=cluster, hosts=[Host.of(n, placed.get(n["metadata"]["name"], ())) for n in facts.nodes])
    for existing in facts.nodes:
        draft._count(existing)
    return draft


def _keep_pools(facts: Facts, draft: _Draft, ours: list[Json]) -> None:
    wanted = wanted_nodes(facts, draft.cluster)
    for name, shape in wanted.items():
        if name not in draft.names:
            wait = Wait(row="node-provision", key=f"pool node {name}", about=f"Node {name}")
            draft.add(shape, seed=name, wait=wait, name=name)
    for existing in ours:
        name, pool = existing["metadata"]["name"], existing["metadata"]["labels"].get(POOL_LABEL, "")
        if not pool.startswith(NAP_PREFIX) and name not in wanted:
            draft.actions.append(Action(changes=(Delete(kind="Node", namespace="", name=name),)))


def _provision(facts: Facts, draft: _Draft) -> None:
    storage = Storage(
        claims=by_key(facts.claims), volumes=by_name(facts.volumes), classes=by_name(facts.storage_classes)
    )
    choice = Choice(
        cluster=draft.cluster,
        hosts=draft.hosts,
        storage=storage,
        over_limits=draft.over_limits,
        stockouts=facts.stockouts,
    )
    for pod, since in _unschedulable(facts, storage):
        # A compute class makes nodes in a cluster without node auto-provisioning as well.
        if not (draft.cluster.auto_provisioning or class_of(pod)):
            continue
        known = next((h for h in draft.hosts if refusal(pod, h, draft.hosts, storage) is None), None)
        if known is not None:
            known.place(pod)
            continue
        shape, reasons = choice.choose(pod, rules_for(pod, draft.cluster, facts.compute_classes))
        if shape is None:
            draft.actions.append(Action(changes=(_not_triggered(pod, reasons),)))
            continue
        wait = Wait(row="node-provision", key=f"node for {pod['metadata']['uid']}", about=name_of(pod), since=since)
        draft.add(shape, seed=pod["metadata"]["uid"], wait=wait, events=(_triggered(pod, draft.cluster, shape),)).place(
            pod
        )


def _unschedulable(facts: Facts, storage: Storage) -> list[tuple[Json, str]]:
    """Pods that only a node can help, with the time since when, longest waiting first."""
    waiting = []
    for pod in facts.pods:
        scheduled = condition(pod, "PodScheduled")
        if scheduled is None or scheduled["status"] != "False" or scheduled.get("reason") != "Unschedulable":
            continue
        if pod["spec"].get("nodeName") or pod["metadata"].get("deletionTimestamp") or _ended(pod):
            continue
        claims = [storage.claims.get((pod["metadata"]["namespace"], name)) for name in claim_names(pod)]
        if all(claim is not None and _can_wait_for_node(claim, storage) for claim in claims):
            waiting.append((pod, scheduled.get("lastTransitionTime") or pod["metadata"]["creationTimestamp"]))
    return sorted(waiting, key=lambda item: (item[1], item[0]["metadata"]["namespace"], item[0]["metadata"]["name"]))


def _can_wait_for_node(claim: Json, storage: Storage) -> bool:
    if (claim.get("status") or {}).get("phase") == "Bound":
        return True
    storage_class = storage.classes.get(claim["spec"].get("storageClassName") or "")
    return storage_class is not None and storage_class.get("volumeBindingMode") == "WaitForFirstConsumer"


def _triggered(pod: Json, cluster: Cluster, shape: Shape) -> Emit:
    where = f"https://www.googleapis.com/compute/v1/projects/{cluster.project}/zones/{shape.zone}/instanceGroups"
    text = f"pod triggered scale-up: [{{{where}/gke-{cluster.name}-{shape.pool} one more {shape.machine.type}}}]"
    return Emit(about=pod, reason="TriggeredScaleUp", message=text, component=AUTOSCALER)


def _not_triggered(pod: Json, reasons: Counter[str]) -> Emit:
    listed = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())) or "no zone to put a node in"
    text = f"pod didn't trigger scale-up: {listed}"
    return Emit(about=pod, reason="NotTriggerScaleUp", message=text, component=AUTOSCALER)


def _remove_idle(draft: _Draft, ours: list[Json]) -> None:
    hosts = {host.name: host for host in draft.hosts}
    cores, memory = draft.cores, float(draft.memory)
    for existing in ours:
        name = existing["metadata"]["name"]
        ready = condition(existing, "Ready")
        labels = existing["metadata"]["labels"]
        if not labels.get(POOL_LABEL, "").startswith(NAP_PREFIX):
            continue
        if not (draft.cluster.auto_provisioning or CLASS_LABEL in labels):
            continue
        if ready is None or ready["status"] != "True" or not all(_of_daemon_set(p) for p in hosts[name].pods):
            continue
        capacity = amount(existing["status"]["capacity"], pods=0)
        if _below_minimum(draft.cluster, cores - capacity.cpu / 1000, memory - capacity.memory):
            continue
        cores, memory = cores - capacity.cpu / 1000, memory - capacity.memory
        key = f"idle {existing['metadata']['uid']}"
        wait = Wait(row="node-idle", key=key, about=f"Node {name}", real_floor=IDLE_REAL_SECONDS)
        event = Emit(
            about=existing, reason="ScaleDown", message="node removed by cluster autoscaler", component=AUTOSCALER
        )
        draft.actions.append(Action(changes=(event, Delete(kind="Node", namespace="", name=name)), wait=wait))


def _below_minimum(cluster: Cluster, cores: float, memory: float) -> bool:
    left = {"cpu": cores, "memory": memory / GIBIBYTE}
    return any(resource in left and left[resource] < limit.minimum for resource, limit in cluster.limits.items())


def _of_daemon_set(pod: Json) -> bool:
    return any(owner["kind"] == "DaemonSet" for owner in pod["metadata"].get("ownerReferences") or [])


def _ended(pod: Json) -> bool:
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
