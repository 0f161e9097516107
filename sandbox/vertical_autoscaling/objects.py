"""What the three programs need in the API server, and taking it out again."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.dataplane.api_server import ApiRefused, ApiServer

SYSTEM = "kube-system"
METRICS_SERVICE = "metrics"
METRICS_HOST = f"{METRICS_SERVICE}.{SYSTEM}.svc"
"""The name that the API server expects on the metrics API's certificate."""
CHECKPOINTS = "/apis/autoscaling.k8s.io/v1/verticalpodautoscalercheckpoints"
STATUS_LEASE = f"/apis/coordination.k8s.io/v1/namespaces/{SYSTEM}/leases/vpa-admission-controller"
API_SERVICE = "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io"
WEBHOOK = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/vpa-webhook-config"
"""The admission controller makes it itself, and leaves it there when it ends."""
FIRST = "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:vpa-actor"
"""The object that is made before all others and deleted after them."""
_METRICS_SERVICE = f"/api/v1/namespaces/{SYSTEM}/services/{METRICS_SERVICE}"
_COLLECTIONS = {
    "ServiceAccount": "/api/v1/namespaces/{namespace}/serviceaccounts",
    "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "Role": "/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/roles",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings",
}
_NOT_FOUND, _CONFLICT = 404, 409
_TOKEN_SECONDS = 24 * 3600
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An object and the path of its collection."""

    collection: str
    body: Json

    @property
    def path(self) -> str:
        """Its own path."""
        return f"{self.collection}/{self.body['metadata']['name']}"


def rights() -> list[Stored]:
    """The service accounts and rights of the programs, as the release's own file has them, FIRST ahead."""
    text = Path(__file__).with_name("rbac.yaml").read_text(encoding="utf-8")
    stored = [
        Stored(collection=_COLLECTIONS[body["kind"]].format(namespace=body["metadata"].get("namespace", "")), body=body)
        for body in yaml.safe_load_all(text)
        if body
    ]
    return sorted(stored, key=lambda one: one.path != FIRST)


def metrics_api(port: int, ca_pem: bytes) -> list[Stored]:
    """What makes the API server ask the metrics API on this loopback port.

    Endpoints may not be loopback addresses. An ExternalName may be localhost, and is asked at the APIService's port.
    """
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": METRICS_SERVICE, "namespace": SYSTEM},
        "spec": {"type": "ExternalName", "externalName": "localhost"},
    }
    api_service = {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": API_SERVICE.rpartition("/")[2]},
        "spec": {
            "group": "metrics.k8s.io",
            "version": "v1beta1",
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "caBundle": base64.b64encode(ca_pem).decode(),
            "service": {"name": METRICS_SERVICE, "namespace": SYSTEM, "port": port},
        },
    }
    return [
        Stored(collection=_METRICS_SERVICE.rpartition("/")[0], body=service),
        Stored(collection=API_SERVICE.rpartition("/")[0], body=api_service),
    ]


def store(server: ApiServer, objects: list[Stored]) -> None:
    """Creates them; one that exists stays as it is. Raises ApiRefused, ApiUnreachable."""
    for stored in objects:
        try:
            server.create(stored.collection, stored.body)
        except ApiRefused as refusal:
            if refusal.status != _CONFLICT:
                raise


def token(server: ApiServer, account: str) -> str:
    """A bearer token of a program's service account, for a day. Raises ApiRefused, ApiUnreachable."""
    body = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": _TOKEN_SECONDS},
    }
    path = f"/api/v1/namespaces/{SYSTEM}/serviceaccounts/{account}/token"
    return str(server.create(path, body)["status"]["token"])


def is_there(server: ApiServer, path: str) -> bool:
    """Whether there is such an object. Raises ApiRefused, ApiUnreachable."""
    try:
        server.get(path)
    except ApiRefused as refusal:
        if refusal.status != _NOT_FOUND:
            raise
        return False
    return True


def left_behind(server: ApiServer) -> bool:
    """Whether a run that was killed left its objects, at whatever moment. Raises ApiRefused, ApiUnreachable.

    The other two are looked for as well: a program may make the webhook anew, and a role can be deleted by hand.
    """
    return any(is_there(server, path) for path in (FIRST, API_SERVICE, WEBHOOK))


def remove(server: ApiServer) -> None:
    """Deletes everything, whatever of it there is. The programs must have ended. Raises ApiRefused, ApiUnreachable."""
    for path in _all(server):
        try:
            server.delete(path)
        except ApiRefused as refusal:
            if refusal.status != _NOT_FOUND:
                raise


def _all(server: ApiServer) -> Iterator[str]:
    # What `left_behind` looks for goes last, so that a removal that is killed is taken up again.
    for checkpoint in server.get(CHECKPOINTS)["items"]:
        metadata = checkpoint["metadata"]
        yield f"{_namespaced(CHECKPOINTS, metadata['namespace'])}/{metadata['name']}"
    yield STATUS_LEASE
    for stored in rights():
        if stored.path != FIRST:
            yield stored.path
    yield _METRICS_SERVICE
    yield WEBHOOK
    yield API_SERVICE
    yield FIRST


def _namespaced(collection: str, namespace: str) -> str:
    start, _, plural = collection.rpartition("/")
    return f"{start}/namespaces/{namespace}/{plural}"
