"""Plain JSON in and out of the API server, over the official client's connections and credentials."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
from kubernetes import client, config

from sandbox.dataplane.changes import Json

REQUEST_SECONDS = 20.0
_PATCH = "application/merge-patch+json"


class ApiRefused(Exception):  # noqa: N818 - named after what happened
    """The API server answered with an error. `status` is the HTTP code, the text is its own message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ApiUnreachable(Exception):  # noqa: N818 - named after what happened
    """No answer: not started, stopping, or its kubeconfig is missing. The caller tries again later."""


class ApiServer:
    """The API server that a kubeconfig names. Reads the file again when it changes, as after a restart on new ports."""

    def __init__(self, kubeconfig: Path) -> None:
        self._kubeconfig = kubeconfig
        self._lock = threading.Lock()
        self._stamp = 0
        self._client: Any = None

    def get(self, path: str, **query: str) -> Json:
        """One object or a list. Raises ApiRefused, ApiUnreachable."""
        return self._send("GET", path, query=query)

    def create(self, path: str, body: Json) -> Json:
        """POST. Raises ApiRefused (409 when it exists), ApiUnreachable."""
        return self._send("POST", path, body=body)

    def patch(self, path: str, body: Json) -> Json:
        """JSON merge patch. Raises ApiRefused, ApiUnreachable."""
        return self._send("PATCH", path, body=body, content=_PATCH)

    def delete(self, path: str) -> Json:
        """DELETE. Raises ApiRefused (404 when it is gone), ApiUnreachable."""
        return self._send("DELETE", path)

    def watch(self, path: str, *, since: str, seconds: int) -> Iterator[Json]:
        """Watch events after resource version `since`, bookmarks included, until the server ends them after `seconds`.

        Raises ApiRefused (410 when `since` is too old), ApiUnreachable.
        """
        query = {
            "watch": "true", "resourceVersion": since, "timeoutSeconds": str(seconds), "allowWatchBookmarks": "true"
        }  # fmt: skip
        response = self._open("GET", path, query=query, timeout=seconds + REQUEST_SECONDS)
        pending = b""
        try:
            for piece in response.stream(amt=None, decode_content=True):
                *lines, pending = (pending + piece).split(b"\n")
                for line in filter(None, lines):
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        status = event["object"]
                        raise ApiRefused(status.get("code", 500), status.get("message", "watch ended"))
                    yield event
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ApiUnreachable(str(error)) from None
        finally:
            response.close()

    def _send(self, method: str, path: str, **arguments: Any) -> Json:
        response = self._open(method, path, timeout=REQUEST_SECONDS, **arguments)
        try:
            return dict(json.loads(response.data))
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise ApiUnreachable(str(error)) from None
        finally:
            response.release_conn()

    def _open(
        self,
        method: str,
        path: str,
        *,
        timeout: float,
        query: dict[str, str] | None = None,
        body: Json | None = None,
        content: str = "application/json",
    ) -> Any:
        connected = self._connected()
        settings = connected.configuration
        headers = {"Accept": "application/json", "Content-Type": content}
        if token := settings.get_api_key_with_prefix("BearerToken", alias="authorization"):
            headers["authorization"] = token
        url = f"{settings.host}{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            response = connected.rest_client.pool_manager.request(
                method,
                url,
                body=None if body is None else json.dumps(body),
                headers=headers,
                preload_content=False,
                retries=False,
                timeout=urllib3.Timeout(connect=REQUEST_SECONDS, read=timeout),
            )
            if response.status < 400:
                return response
            text = response.data
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ApiUnreachable(str(error)) from None
        raise ApiRefused(response.status, _message(text))

    def _connected(self) -> Any:
        with self._lock:
            try:
                stamp = self._kubeconfig.stat().st_mtime_ns
                if self._client is None or stamp != self._stamp:
                    settings = client.Configuration()
                    config.load_kube_config(str(self._kubeconfig), client_configuration=settings)  # type: ignore[no-untyped-call]
                    # The control plane listens on loopback, where no proxy of the environment leads.
                    settings.proxy = None
                    settings.connection_pool_maxsize = 32
                    self._client, self._stamp = client.ApiClient(settings), stamp
            except (OSError, config.ConfigException) as error:
                raise ApiUnreachable(f"{self._kubeconfig} cannot be used yet: {error}") from None
            return self._client


def _message(text: bytes) -> str:
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError, TypeError):
        return text.decode(errors="replace")[:500]
