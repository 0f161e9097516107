"""A simulator of two services of Google on loopback: the metadata server, and Cloud Storage as far as reading goes."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "ya29.simulated-secret"
EMAIL = "p2p-nodes-test-node@a-project.iam.gserviceaccount.com"
BUCKET, OBJECT = "a-bucket", "snapshots/of today.tar"


@dataclass
class Google:
    """What is stored, what was asked, and what goes wrong.

    `statuses` and `metadata_statuses` are given instead of the next answers; `cuts` are the bytes after which the next
    answers with content break off; `ranges` are those of the questions for content that were answered.
    """

    content: bytes = b""
    generation: int = 1
    exists: bool = True
    size: int | None = None
    statuses: list[int] = field(default_factory=list)
    metadata_statuses: list[int] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    ignores_ranges: bool = False
    stalls_after: int | None = None
    goes_on: threading.Event = field(default_factory=threading.Event)
    ranges: list[str] = field(default_factory=list)
    questions: int = 0
    storage: str = ""
    metadata_server: str = ""

    def store(self, content: bytes) -> None:
        """The object with this content, as another generation than before."""
        self.content, self.exists = content, True
        self.generation += 1


@contextmanager
def simulated_google(content: bytes) -> Iterator[Google]:
    """Both servers, until the end of the block."""
    google = Google(content=content)
    servers = []
    for kind in (_Storage, _Metadata):
        server = ThreadingHTTPServer(("127.0.0.1", 0), type(kind.__name__, (kind,), {"google": google}))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        servers.append(server)
    google.storage, google.metadata_server = (f"http://127.0.0.1:{one.server_address[1]}" for one in servers)
    try:
        yield google
    finally:
        google.goes_on.set()
        for server in servers:
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    google: Google

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test's output is its own."""

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class _Metadata(_Handler):
    def do_GET(self) -> None:
        google, kind = self.google, self.path.removeprefix("/computeMetadata/v1/instance/service-accounts/default/")
        google.questions += 1
        if google.metadata_statuses:
            self.answer(google.metadata_statuses.pop(0))
        elif self.headers["Metadata-Flavor"] != "Google":
            self.answer(403)
        elif kind == "token":
            self.answer(200, json.dumps({"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"}).encode())
        else:
            self.answer(200, EMAIL.encode()) if kind == "email" else self.answer(404)


class _Storage(_Handler):
    def do_GET(self) -> None:
        google, url = self.google, urlsplit(self.path)
        google.questions += 1
        path = re.fullmatch(r"/storage/v1/b/([^/]+)/o/([^/]+)", url.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        generation = query.get("generation", str(google.generation))
        known = path is not None and [unquote(part) for part in path.groups()] == [BUCKET, OBJECT]
        if google.statuses:
            self.answer(google.statuses.pop(0))
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.answer(401)
        elif not known or not google.exists or generation != str(google.generation):
            self.answer(404)
        elif query.get("alt") == "media":
            self._content()
        else:
            size = len(google.content) if google.size is None else google.size
            self.answer(200, json.dumps({"generation": str(google.generation), "size": str(size)}).encode())

    def _content(self) -> None:
        google, asked = self.google, self.headers["Range"]
        google.ranges.append(asked)
        start = 0 if google.ignores_ranges else int(asked.removeprefix("bytes=").removesuffix("-"))
        body, whole = google.content[start:], len(google.content)
        self.send_response(200 if google.ignores_ranges else 206)
        self.send_header("Content-Length", str(len(body)))
        if not google.ignores_ranges:
            self.send_header("Content-Range", f"bytes {start}-{whole - 1}/{whole}")
        self.end_headers()
        if google.cuts:
            self.wfile.write(body[: google.cuts.pop(0)])
            self.close_connection = True
        elif google.stalls_after is not None:
            body = body[: google.stalls_after]
            google.stalls_after = None
            self.wfile.write(body)
            self.wfile.flush()
            google.goes_on.wait(60)
        else:
            self.wfile.write(body)
