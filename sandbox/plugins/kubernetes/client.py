"""The API server: any kind, by REST. Blocking; callers run it in threads."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3

from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import Object, at

CONNECT_SECONDS = 3.0
READ_SECONDS = 15.0
# Admission webhooks may take up to 30 s each; the API server gives up on a request after 60 s.
WRITE_SECONDS = 30.0


class ApiError(ResourceRefused):
    """The API server's refusal; the message is the server's own."""

    def __init__(self, *, code: int, reason: str, message: str, details: Object | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.details = details or {}


class KindNotServed(ApiError):  # noqa: N818
    """The API server has no such kind (yet); the message is the one its own clients print."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(
            code=404,
            reason="NotFound",
            message=f'no matches for kind "{kind.name}" in version "{kind.api_version}"',
        )


class Unreachable(ResourceRefused):
    """No answer from the API server."""

    def __init__(self, server: str, why: str) -> None:
        super().__init__(
            f"the Kubernetes API server {server} does not answer ({why}); "
            "`make status` shows what runs, `make up` starts what is missing and continues"
        )


@dataclass(frozen=True, kw_only=True)
class Resource:
    """How a kind is served: the path element and whether its objects live in namespaces."""

    kind: Kind
    plural: str
    namespaced: bool

    def path(self, namespace: str, name: str = "") -> str:
        """The REST path of an object, or of the collection when `name` is empty."""
        base = f"/apis/{self.kind.api_version}" if self.kind.group else f"/api/{self.kind.api_version}"
        inside = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        return f"{base}{inside}/{self.plural}" + (f"/{name}" if name else "")


class ApiServer:
    """One API server with the credentials of a kubeconfig."""

    def __init__(self, api_client: Any) -> None:
        self._client = api_client
        self.server = str(api_client.configuration.host)
        self._pool: urllib3.PoolManager = api_client.rest_client.pool_manager
        self._served: dict[str, dict[str, Resource]] = {}
        self._lock = threading.Lock()

    def resource(self, kind: Kind) -> Resource:
        """How `kind` is served. Asks the server once a group version, and again when a kind is missing there.

        Raises KindNotServed.
        """
        known = self._served.get(kind.api_version, {}).get(kind.name)
        if known:
            return known
        with self._lock:
            path = f"/apis/{kind.api_version}" if kind.group else f"/api/{kind.api_version}"
            try:
                listed = self.request("GET", path)
            except ApiError as error:
                if error.code == 404:
                    raise KindNotServed(kind) from error
                raise
            self._served[kind.api_version] = {
                entry["kind"]: Resource(
                    kind=Kind(api_version=kind.api_version, name=entry["kind"]),
                    plural=entry["name"],
                    namespaced=entry["namespaced"],
                )
                for entry in at(listed, "resources", default=[])
                if "/" not in entry["name"]
            }
        found = self._served[kind.api_version].get(kind.name)
        if not found:
            raise KindNotServed(kind)
        return found

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        """The live object, or None when there is none (nor its kind)."""
        try:
            return self.request("GET", resource.path(namespace, name))
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    def list(self, resource: Resource, namespace: str, *, labels: str = "") -> list[Object]:
        """The objects in a namespace that match a label selector."""
        query = {"labelSelector": labels} if labels else {}
        return list(at(self.request("GET", resource.path(namespace), query=query), "items", default=[]))

    def apply(self, resource: Resource, obj: Object, *, manager: str, dry_run: bool, force: bool) -> Object:
        """Server-side apply; unknown and duplicate fields are refused (`fieldValidation=Strict`)."""
        query = {"fieldManager": manager, "fieldValidation": "Strict", "force": str(force).lower()}
        if dry_run:
            query["dryRun"] = "All"
        path = resource.path(str(at(obj, "metadata", "namespace", default="")), str(at(obj, "metadata", "name")))
        return self.request("PATCH", path, query=query, body=obj, content_type="application/apply-patch+yaml")

    def delete(self, resource: Resource, namespace: str, name: str, *, propagation: str) -> None:
        """Ask for deletion; an object that is gone is no error. `propagation`: Foreground, Background or Orphan."""
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        try:
            self.request("DELETE", resource.path(namespace, name), body=body)
        except ApiError as error:
            if error.code != 404:
                raise

    def request(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: Object | None = None,
        content_type: str = "application/json",
    ) -> Object:
        """One request. Raises ApiError with the server's words, or Unreachable."""
        url = self.server + path + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "application/json", "User-Agent": "p2p-nodes-sandbox"}
        if body is not None:
            headers["Content-Type"] = content_type
        parameters: list[tuple[str, str]] = []
        self._client.update_params_for_auth(headers, parameters, ["BearerToken"], path, method, body)
        read = READ_SECONDS if method == "GET" else WRITE_SECONDS
        try:
            answer = self._pool.request(
                method,
                url,
                body=None if body is None else json.dumps(body).encode(),
                headers=headers,
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=read),
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(self.server, _plainly(error)) from error
        return _answer(answer.status, answer.data)


def _answer(status: int, data: bytes) -> Object:
    try:
        parsed = json.loads(data) if data else {}
    except ValueError:
        parsed = {}
    if status < 400:
        return dict(parsed)
    raise ApiError(
        code=status,
        reason=str(at(parsed, "reason", default="")),
        message=str(at(parsed, "message", default="") or data.decode(errors="replace").strip() or f"HTTP {status}"),
        details=at(parsed, "details", default={}),
    )


def _plainly(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        cause: BaseException = error.__cause__ or error.__context__ or error
        return str(getattr(cause, "strerror", None) or cause).lower()
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "no reply in time"
    if isinstance(error, urllib3.exceptions.SSLError):
        return f"TLS: {error}"
    return str(error.__cause__ or error)
