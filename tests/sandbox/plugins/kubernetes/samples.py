"""Objects to try the plugin with."""

from __future__ import annotations

from typing import Any

from sandbox.plugins.kubernetes.values import Object

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
SECRET = "kubernetes:core/v1:Secret"
SERVICE = "kubernetes:core/v1:Service"
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
PLANTED = "hunter2-planted-secret"


def config_map(namespace: str, **fields: Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": namespace},
        "data": {"level": "1"},
        **fields,
    }


def stateful_set(namespace: str, annotations: dict[str, str] | None = None, **spec: Any) -> Object:
    labels = {"app": "node"}
    container = {"name": "node", "image": "busybox:1.36", "resources": {"requests": {"cpu": "1000m"}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "node", "namespace": namespace, "annotations": annotations or {}},
        "spec": {
            "replicas": 1,
            "serviceName": "node",
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            **spec,
        },
    }


def service(namespace: str, **spec: Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "node", "namespace": namespace},
        "spec": {"ports": [{"port": 80}], **spec},
    }


def secret(namespace: str, **fields: Any) -> Object:
    metadata = {"name": "token", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"token": PLANTED}, **fields}


def storage_class(name: str, **fields: Any) -> Object:
    kind = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}}
    return {**kind, "provisioner": "pd.csi.storage.gke.io", **fields}
