"""What the simulated metrics API answers: metrics.k8s.io/v1beta1, in the form of metrics-server. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.dataplane.requests import quantity
from sandbox.vertical_autoscaling.scene import mebibytes
from sandbox.vertical_autoscaling.usage import Usage

GROUP_VERSION = "metrics.k8s.io/v1beta1"
ROOT = f"/apis/{GROUP_VERSION}"
WINDOW = "10s"
_PODS = re.compile(rf"{ROOT}(?:/namespaces/(?P<namespace>[^/]+))?/pods")
_POD = re.compile(rf"{ROOT}/namespaces/(?P<namespace>[^/]+)/pods/(?P<name>[^/]+)")
_NODE = re.compile(rf"{ROOT}/nodes/(?P<name>[^/]+)")
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The owner (namespace and StatefulSet) whose pods follow the profile, and what the profile says now."""

    namespace: str
    stateful_set: str
    usage: Usage
    timestamp: str
    """RFC 3339, in whole seconds."""


def answer(path: str, pods: Iterable[Json], measured: Measured) -> tuple[int, Json]:
    """HTTP status and body of a GET of this path; `pods` are those of the API server."""
    running = [_pod_metrics(pod, measured) for pod in pods if _is_running(pod)]
    if path == ROOT:
        return 200, _RESOURCES
    if found := _PODS.fullmatch(path):
        namespace = found["namespace"]
        items = [item for item, _ in running if namespace in (None, item["metadata"]["namespace"])]
        return 200, _list("PodMetricsList", items)
    if found := _POD.fullmatch(path):
        wanted = (found["namespace"], found["name"])
        one = [item for item, _ in running if (item["metadata"]["namespace"], item["metadata"]["name"]) == wanted]
        return (200, one[0]) if one else _not_found(path)
    nodes = _node_metrics(running, measured)
    if path == f"{ROOT}/nodes":
        return 200, _list("NodeMetricsList", list(nodes.values()))
    if (found := _NODE.fullmatch(path)) and found["name"] in nodes:
        return 200, nodes[found["name"]]
    return _not_found(path)


def refusal(status: int, reason: str, message: str) -> Json:
    """A Kubernetes Status that says no."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": status,
    }


def _not_found(path: str) -> tuple[int, Json]:
    return 404, refusal(404, "NotFound", f"the simulated metrics API has nothing at {path}")


def _is_running(pod: Json) -> bool:
    return bool(pod.get("status", {}).get("phase") == "Running" and pod["spec"].get("nodeName"))


def _pod_metrics(pod: Json, measured: Measured) -> tuple[Json, str]:
    """A pod's metrics, and its node."""
    owners = pod["metadata"].get("ownerReferences") or []
    follows = pod["metadata"]["namespace"] == measured.namespace and any(
        owner["kind"] == "StatefulSet" and owner["name"] == measured.stateful_set for owner in owners
    )
    containers = [
        {"name": container["name"], "usage": _usage(container, measured.usage if follows else None)}
        for container in pod["spec"]["containers"]
    ]
    metadata = {key: pod["metadata"][key] for key in ("name", "namespace")}
    item = {**_item("PodMetrics", metadata, measured), "containers": containers}
    return item, pod["spec"]["nodeName"]


def _usage(container: Json, usage: Usage | None) -> dict[str, str]:
    """What the profile says, but never more than the limit; of other pods their requests, so that nothing is to do."""
    resources = container.get("resources") or {}
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    if usage is None:
        return {"cpu": requests.get("cpu", "0"), "memory": requests.get("memory", "0")}
    limit = mebibytes(limits["memory"]) if "memory" in limits else None
    kibibytes = round(usage.within(limit).memory_mib * 1024)
    return {"cpu": f"{round(usage.cpu_millicores)}m", "memory": f"{kibibytes}Ki"}


def _node_metrics(running: Iterable[tuple[Json, str]], measured: Measured) -> dict[str, Json]:
    """By name, for nodes that have pods: the sum of these."""
    millicores: dict[str, float] = {}
    memory: dict[str, float] = {}
    for item, node in running:
        for container in item["containers"]:
            millicores[node] = millicores.get(node, 0) + float(quantity(container["usage"]["cpu"])) * 1000
            memory[node] = memory.get(node, 0) + float(quantity(container["usage"]["memory"]))
    return {
        node: {
            **_item("NodeMetrics", {"name": node}, measured),
            "usage": {"cpu": f"{round(millicores[node])}m", "memory": f"{round(memory[node] / 1024)}Ki"},
        }
        for node in millicores
    }


def _item(kind: str, metadata: Mapping[str, str], measured: Measured) -> Json:
    return {
        "kind": kind,
        "apiVersion": GROUP_VERSION,
        "metadata": dict(metadata),
        "timestamp": measured.timestamp,
        "window": WINDOW,
    }


def _list(kind: str, items: list[Json]) -> Json:
    return {"kind": kind, "apiVersion": GROUP_VERSION, "metadata": {}, "items": items}


_RESOURCES: Json = {
    "kind": "APIResourceList",
    "apiVersion": "v1",
    "groupVersion": GROUP_VERSION,
    "resources": [
        {"name": name, "singularName": "", "namespaced": namespaced, "kind": kind, "verbs": ["get", "list"]}
        for name, namespaced, kind in (("nodes", False, "NodeMetrics"), ("pods", True, "PodMetrics"))
    ],
}
