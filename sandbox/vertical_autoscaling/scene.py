"""What there is to see at one moment, and what of it is news. Pure: objects of the API server in, words out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.dataplane.machines import MEBIBYTE
from sandbox.dataplane.requests import quantity, requests_of

MACHINE = "node.kubernetes.io/instance-type"
POOL = "cloud.google.com/gke-nodepool"
EVICTED = "EvictedByVPA"
"""The reason of the Event that the updater writes of a pod that it evicted."""
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class PodFacts:
    """One pod of the StatefulSet. Memory in MiB; the limit is None without one."""

    name: str
    uid: str
    ready: bool
    leaving: bool
    request_mib: float
    limit_mib: float | None
    node: str
    claims: tuple[str, ...]

    @property
    def up(self) -> bool:
        """Whether it counts as being there for others."""
        return self.ready and not self.leaving


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """What the recommender wrote of the container's memory, in MiB."""

    target_mib: float
    lower_mib: float
    upper_mib: float


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Pods and machine types by name, and the recommendation if there is one."""

    pods: Mapping[str, PodFacts] = field(default_factory=dict)
    machines: Mapping[str, str] = field(default_factory=dict)
    pools: Mapping[str, str] = field(default_factory=dict)
    evicted: frozenset[str] = frozenset()
    """Uids of the pods that the updater says it evicted."""
    recommendation: Recommendation | None = None

    def machine(self, pod: str) -> str:
        """The type of the machine that a pod is on; empty without one."""
        return self.machines.get(self.pods[pod].node, "") if pod in self.pods else ""


def scene(
    *, pods: Iterable[Json], nodes: Iterable[Json], events: Iterable[Json], autoscaler: Json | None, stateful_set: str
) -> Scene:
    """The scene that these objects make; pods of others are left out."""
    machines, pools = {}, {}
    for node in nodes:
        labels = node["metadata"].get("labels") or {}
        machines[node["metadata"]["name"]] = str(labels.get(MACHINE, ""))
        pools[node["metadata"]["name"]] = str(labels.get(POOL, ""))
    ours = [pod_facts(pod) for pod in pods if belongs(pod, stateful_set)]
    return Scene(
        pods={pod.name: pod for pod in sorted(ours, key=lambda pod: pod.name)},
        machines=machines,
        pools=pools,
        evicted=frozenset(event["involvedObject"]["uid"] for event in events if event.get("reason") == EVICTED),
        recommendation=recommendation(autoscaler or {}),
    )


def belongs(pod: Json, stateful_set: str) -> bool:
    """Whether the StatefulSet made the pod."""
    owners = pod["metadata"].get("ownerReferences") or []
    return any(owner["kind"] == "StatefulSet" and owner["name"] == stateful_set for owner in owners)


def pod_facts(pod: Json) -> PodFacts:
    """What of a pod matters here. Its limit is that of its first container, which is the autoscaled one."""
    metadata, spec, status = pod["metadata"], pod["spec"], pod.get("status") or {}
    conditions = {condition["type"]: condition["status"] for condition in status.get("conditions") or []}
    limit = ((spec["containers"][0].get("resources") or {}).get("limits") or {}).get("memory")
    volumes = spec.get("volumes") or []
    return PodFacts(
        name=metadata["name"],
        uid=metadata["uid"],
        ready=conditions.get("Ready") == "True",
        leaving="deletionTimestamp" in metadata,
        request_mib=requests_of(pod).memory / MEBIBYTE,
        limit_mib=None if limit is None else mebibytes(limit),
        node=spec.get("nodeName") or "",
        claims=tuple(v["persistentVolumeClaim"]["claimName"] for v in volumes if "persistentVolumeClaim" in v),
    )


def recommendation(autoscaler: Json) -> Recommendation | None:
    """What the status of a VerticalPodAutoscaler says of its first container."""
    given = ((autoscaler.get("status") or {}).get("recommendation") or {}).get("containerRecommendations") or []
    if not given:
        return None
    return Recommendation(
        target_mib=mebibytes(given[0]["target"]["memory"]),
        lower_mib=mebibytes(given[0]["lowerBound"]["memory"]),
        upper_mib=mebibytes(given[0]["upperBound"]["memory"]),
    )


def mebibytes(text: str) -> float:
    """A Kubernetes quantity of memory, in MiB."""
    return float(quantity(text)) / MEBIBYTE


def news(before: Scene, after: Scene) -> Iterator[str]:
    """One line for each thing that is worth one."""
    if _moved(before.recommendation, after.recommendation) and (now := after.recommendation):
        yield f"recommended: {now.target_mib:.0f} MiB (evicted below {now.lower_mib:.0f} MiB)"
    for name in after.machines.keys() - before.machines.keys():
        yield f"machine: {name} appears, {after.machines[name]} of node pool {after.pools[name]}"
    for name in before.machines.keys() - after.machines.keys():
        yield f"machine: {name} is gone, nothing is on it any more"
    for name, pod in after.pods.items():
        old = before.pods.get(name)
        if pod.uid in after.evicted - before.evicted:
            yield f"{name}: evicted by the updater, with a request of {pod.request_mib:.0f} MiB"
        if old is None:
            yield f"{name}: made with a request of {pod.request_mib:.0f} MiB, its claims {', '.join(pod.claims)}"
        elif old.uid != pod.uid:
            yield f"{name}: made anew, request {old.request_mib:.0f} -> {pod.request_mib:.0f} MiB"
        if pod.node and (old is None or old.uid != pod.uid or not old.node):
            yield f"{name}: on {after.machine(name) or pod.node}"
        if pod.up and not (old and old.up and old.uid == pod.uid):
            yield f"{name}: ready"


def _moved(before: Recommendation | None, after: Recommendation | None) -> bool:
    """Whether a recommendation is new, or another by a twentieth: the recommender's own steps."""
    if before is None or after is None:
        return before is not after
    return abs(after.target_mib - before.target_mib) > before.target_mib / 20
