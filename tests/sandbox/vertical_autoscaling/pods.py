"""Pods, nodes and autoscalers as the API server gives them, as far as the tests look at them."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def pod(
    name: str = "p2p-node-0",
    *,
    namespace: str = "p2p-node",
    owner: str = "p2p-node",
    uid: str = "u1",
    request: str = "2Gi",
    limit: str | None = "4Gi",
    node: str = "n1",
    ready: bool = True,
    phase: str = "Running",
) -> Json:
    """A pod of a StatefulSet with one container."""
    resources: Json = {"requests": {"cpu": "500m", "memory": request}}
    if limit is not None:
        resources["limits"] = {"memory": limit}
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": uid,
            "ownerReferences": [{"kind": "StatefulSet", "name": owner}],
        },
        "spec": {
            "nodeName": node,
            "containers": [{"name": "node", "resources": resources}],
            "volumes": [{"persistentVolumeClaim": {"claimName": f"data-{name}"}}, {"emptyDir": {}}],
        },
        "status": {"phase": phase, "conditions": [{"type": "Ready", "status": "True" if ready else "False"}]},
    }


def leaving(of: Json) -> Json:
    """The same pod on its way out."""
    return {**of, "metadata": {**of["metadata"], "deletionTimestamp": "2026-11-24T00:00:00Z"}}


def node(name: str = "n1", machine: str = "e2-standard-2") -> Json:
    """A node of a machine type."""
    labels = {"node.kubernetes.io/instance-type": machine, "cloud.google.com/gke-nodepool": f"nap-{machine}"}
    return {"metadata": {"name": name, "labels": labels}}


def autoscaler(target: str, lower: str = "1Gi") -> Json:
    """An autoscaler with a recommendation."""
    bounds = {"target": {"memory": target}, "lowerBound": {"memory": lower}, "upperBound": {"memory": "16Gi"}}
    return {"status": {"recommendation": {"containerRecommendations": [{"containerName": "node", **bounds}]}}}
