"""The few HTTPS requests the control plane's own start needs; everything else has its own client."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

_TIMEOUT = urllib3.Timeout(connect=2.0, read=15.0)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP answer. `status` is 0 if there was none, and `text` then says why."""

    status: int
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON; raises ValueError if it is something else."""
        return json.loads(self.text)


class Api:
    """A loopback server whose certificate the sandbox's authority signed."""

    def __init__(self, port: int, ca: Path, token: str | None = None) -> None:
        self._server = f"https://127.0.0.1:{port}"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._pool = urllib3.PoolManager(ca_certs=str(ca), cert_reqs="CERT_REQUIRED", retries=False, timeout=_TIMEOUT)

    def get(self, path: str) -> Answer:
        """GET; never raises for a server that does not answer."""
        return self._request("GET", path, None, {})

    def apply(self, path: str, body: object) -> Answer:
        """Server-side apply that takes over conflicting fields."""
        query = "?fieldManager=p2p-nodes-sandbox&force=true"
        headers = {"Content-Type": "application/apply-patch+yaml"}
        return self._request("PATCH", path + query, json.dumps(body), headers)

    def _request(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        try:
            answer = self._pool.request(method, self._server + path, body=body, headers={**self._headers, **headers})
        except urllib3.exceptions.HTTPError as problem:
            return Answer(status=0, text=str(problem))
        return Answer(status=answer.status, text=answer.data.decode(errors="replace"))
