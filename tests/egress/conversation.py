"""What workloads say through a proxy, over sockets of the laboratory's client: HTTP, uploads, TLS in tunnels."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.egress import Laboratory, Proxy, Service

PATIENCE = 20.0
"""Seconds after which a silent proxy is a failure."""
_ESTABLISHED = "01"
"""A state in /proc/net/tcp."""


@dataclass(frozen=True, kw_only=True)
class End:
    """How a transfer or a tunnel ended, and when (time.monotonic)."""

    whole: bool
    at: float


class Conversation(http.client.HTTPConnection):
    """One connection, which is never opened anew: what is lost shows."""

    auto_open = 0

    def __init__(self, connection: socket.socket, *, url: str) -> None:
        """`url` goes before each path: `http://host` to a proxy, nothing inside a tunnel."""
        super().__init__("unused")
        self.sock, self._url = connection, url

    def begin(self, name: str, path: str) -> http.client.HTTPResponse:
        """Asks, and returns once the answer's head is there."""
        self.request("GET", self._url + path, headers={"Host": name})
        return self.getresponse()

    def get(self, name: str, path: str = "/echo") -> int:
        """The status of the whole answer."""
        with self.begin(name, path) as answer:
            answer.read()
            return answer.status

    def is_over(self) -> bool:
        """Whether the proxy has said that no further request may come."""
        return self.sock is None


def plain(lab: Laboratory, target: Proxy | Service, name: str) -> Conversation:
    """For plain HTTP to a name through a proxy."""
    return Conversation(lab.client.connect(target.address, target.port, timeout=PATIENCE), url=f"http://{name}")


def connect(lab: Laboratory, target: Proxy | Service, name: str, port: int = 443) -> tuple[int, socket.socket]:
    """The answer's status to a CONNECT, and the connection."""
    connection = lab.client.connect(target.address, target.port, timeout=PATIENCE)
    connection.sendall(f"CONNECT {name}:{port} HTTP/1.1\r\nHost: {name}:{port}\r\n\r\n".encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        # Byte by byte: what follows is not ours to read.
        if not (byte := connection.recv(1)):
            raise ConnectionError(f"the proxy ended a CONNECT with {head!r}")
        head += byte
    return int(head.split()[1]), connection


def tunnel(lab: Laboratory, target: Proxy | Service, name: str) -> Conversation:
    """HTTPS inside of a tunnel to a name; the certificate is verified."""
    status, connection = connect(lab, target, name)
    if status != 200:
        raise ConnectionError(f"CONNECT {name}: {status}")
    context = ssl.create_default_context(cafile=str(lab.ca_file))
    return Conversation(context.wrap_socket(connection, server_hostname=name), url="")


def finish(answer: http.client.HTTPResponse) -> End:
    """Reads an answer that has begun to its end, whatever that is."""
    whole = False
    with contextlib.suppress(OSError, http.client.HTTPException):
        answer.read()
        whole = True
    return End(whole=whole, at=time.monotonic())


def slow_body(parts: int, seconds: float) -> Iterator[bytes]:
    """The body of an upload that takes so long."""
    for number in range(parts):
        time.sleep(seconds / parts)
        yield f"part {number}\n".encode()


def local_port(conversation: Conversation) -> int:
    """The client's side of the connection."""
    return int(conversation.sock.getsockname()[1])


def established_from(proxy: Proxy) -> set[int]:
    """The ports of clients that a running proxy has open connections with."""
    tables = [Path(f"/proc/{proxy.pid}/net/{name}").read_text(encoding="ascii") for name in ("tcp", "tcp6")]
    rows = [line.split() for table in tables for line in table.splitlines()[1:]]
    ours = [row for row in rows if row[3] == _ESTABLISHED and row[1].endswith(f":{proxy.port:04X}")]
    return {int(row[2].rpartition(":")[2], 16) for row in ours}
