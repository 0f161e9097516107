"""Objects that the tests on the control plane create."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
LABELS = {"app.kubernetes.io/component": "p2p-node"}


def namespace(name: str) -> Json:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def storage_class(
    name: str, *, policy: str = "Delete", type: str = "pd-ssd", mode: str = "WaitForFirstConsumer"
) -> Json:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": "pd.csi.storage.gke.io",
        "parameters": {"type": type},
        "volumeBindingMode": mode,
        "allowVolumeExpansion": True,
        "reclaimPolicy": policy,
    }


def compute_class(name: str, *priorities: Json) -> Json:
    return {
        "apiVersion": "cloud.google.com/v1",
        "kind": "ComputeClass",
        "metadata": {"name": name},
        "spec": {"priorities": list(priorities), "nodePoolAutoCreation": {"enabled": True}},
    }


def claim(name: str, space: str, class_name: str, size: str = "50Gi", **spec: Any) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": space},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": class_name,
            "resources": {"requests": {"storage": size}},
            **spec,
        },
    }


def pod(name: str, space: str, *, claim: str = "", cpu: str = "100m", **spec: Any) -> Json:
    container: Json = {
        "name": "c",
        "image": "example.com/i:1",
        "resources": {"requests": {"cpu": cpu, "memory": "1Gi"}},
    }
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}] if claim else []
    body = {"containers": [container], "volumes": volumes, "terminationGracePeriodSeconds": 5, **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": space}, "spec": body}


def stateful_set(space: str, class_name: str) -> Json:
    template = claim("data", space, class_name)
    body = pod("p2p-node", space, cpu="1500m")["spec"]
    body.pop("volumes")
    body["containers"][0]["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "p2p-node", "namespace": space},
        "spec": {
            "replicas": 2,
            "serviceName": "p2p-node",
            "podManagementPolicy": "Parallel",
            "selector": {"matchLabels": LABELS},
            "template": {"metadata": {"labels": LABELS}, "spec": {**body, "terminationGracePeriodSeconds": 90}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": template["spec"]}],
        },
    }


def service(name: str, space: str) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": space},
        "spec": {
            "type": "LoadBalancer",
            "externalTrafficPolicy": "Local",
            "publishNotReadyAddresses": True,
            "selector": {"statefulset.kubernetes.io/pod-name": name},
            "ports": [{"port": 30333}],
        },
    }
