"""The internet of a laboratory: HTTP and HTTPS on every address, and a record of what reached it."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sandbox.controlplane.certificates import Authority

PLAIN, TLS = (80, 22, 8080), (443, 8443)
"""Ports with HTTP and with HTTPS."""
_CHUNK_SECONDS = 0.1
_BLOCK = b"0123456789abcdef" * 4096


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request. `address` and `port` are those it reached, `client` is where it came from."""

    address: str
    port: int
    client: str
    method: str
    host: str
    path: str
    """As it was in the request line, with the query."""
    headers: Mapping[str, str]
    """Names in lower case; of a repeated one, the last."""
    sni: str
    """The name in the TLS handshake, or empty."""


class Web:
    """Servers in this process, on sockets of network namespaces, each connection in a thread of its own."""

    def __init__(self, folder: Path) -> None:
        """Makes an authority of its own; `folder` gets certificates."""
        folder.mkdir()
        self._folder = folder
        self._authority = Authority.made("Egress laboratory CA")
        self.ca_file = folder / "ca.crt"
        self.ca_file.write_bytes(self._authority.certificate_pem())
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self._seen: list[Seen] = []
        self._connections: list[tuple[str, int, str]] = []
        self._servers: list[ThreadingHTTPServer] = []
        self.handshake = threading.local()

    def requests(self) -> list[Seen]:
        """What it was asked, in order."""
        with self._lock:
            return list(self._seen)

    def connections(self) -> list[tuple[str, int, str]]:
        """(address, port, client) of every TCP connection that it accepted, with or without a request on it."""
        with self._lock:
            return list(self._connections)

    def forget(self) -> None:
        """Forgets requests and connections."""
        with self._lock:
            self._seen.clear()
            self._connections.clear()

    def serve(self, listening: socket.socket, *, tls: bool) -> None:
        """Serves on a bound socket until `close`."""
        server = _Server(self, listening, tls=tls)
        self._servers.append(server)
        threading.Thread(target=server.accept_until_closed, daemon=True).start()

    def close(self) -> None:
        """Stops to listen."""
        for server in self._servers:
            # Wakes the thread that waits for connections; `shutdown` of the server's own waits for its next look.
            with contextlib.suppress(OSError):
                server.socket.shutdown(socket.SHUT_RDWR)
            server.server_close()
        self._servers.clear()

    def note(self, seen: Seen) -> None:
        """Remembers a request."""
        with self._lock:
            self._seen.append(seen)

    def connected(self, address: str, port: int, client: str) -> None:
        """Remembers a connection."""
        with self._lock:
            self._connections.append((address, port, client))

    def secured(self, connection: socket.socket) -> ssl.SSLSocket:
        """The server's side of a TLS handshake, with a certificate for whatever name it asks for."""
        return self._context("").wrap_socket(connection, server_side=True)

    def _context(self, name: str) -> ssl.SSLContext:
        with self._lock:
            if name not in self._contexts:
                stem = self._folder / f"server-{len(self._contexts)}"
                certificate, key = stem.with_suffix(".crt"), stem.with_suffix(".key")
                self._authority.write_leaf(certificate, key, "Egress laboratory", [name] if name else [])
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(certificate, key)
                context.sni_callback = self._named
                self._contexts[name] = context
            return self._contexts[name]

    def _named(self, connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        self.handshake.sni = name or ""
        if name:
            connection.context = self._context(name)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(self, web: Web, listening: socket.socket, *, tls: bool) -> None:
        super().__init__(("", 0), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.web, self.tls = web, tls
        self.server_activate()

    def accept_until_closed(self) -> None:
        """In place of serve_forever, which wakes up several times a second, for each of some 50 sockets."""
        with contextlib.suppress(OSError):
            while True:
                self.process_request(*self.socket.accept())

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing: whoever goes away in the middle of anything is of no interest here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        web = self.server.web
        web.connected(*_bare(self.request.getsockname()), _bare(self.request.getpeername())[0])
        web.handshake.sni = ""
        if self.server.tls:
            self.request = web.secured(self.request)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def _answer(self) -> None:
        if self.path.startswith("/deaf/"):
            time.sleep(float(self.path.rpartition("/")[2]))
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        seen = self._seen()
        self.server.web.note(seen)
        target = urlsplit(seen.path)
        _, _, wanted = target.path.rpartition("/")
        if target.path.startswith("/bytes/"):
            self._send_bytes(int(wanted))
        elif target.path.startswith("/drip/"):
            self._drip(float(wanted))
        elif target.path == "/redirect":
            self._reply(302, b"", {"Location": parse_qs(target.query)["to"][0]})
        elif target.path.startswith("/headers/"):
            self._reply(200, b"many headers\n", _padding(int(wanted)))
        elif target.path == "/echo":
            told = {**seen.__dict__, "headers": dict(seen.headers), "body": body.decode("latin-1")}
            self._reply(200, json.dumps(told).encode(), {"Content-Type": "application/json"})
        else:
            self._reply(200, f"hello from {seen.host}\n".encode(), {"Content-Type": "text/plain"})

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_TRACE = do_CONNECT = _answer  # noqa: N815

    def _seen(self) -> Seen:
        address, port = _bare(self.connection.getsockname())
        return Seen(
            address=address,
            port=port,
            client=_bare(self.connection.getpeername())[0],
            method=self.command,
            host=self.headers.get("host", ""),
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            sni=self.server.web.handshake.sni,
        )

    def _reply(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_bytes(self, count: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(count))
        self.end_headers()
        for start in range(0, count, len(_BLOCK)):
            self.wfile.write(_BLOCK[: count - start])

    def _drip(self, seconds: float) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number in range(round(seconds / _CHUNK_SECONDS)):
            line = f"drop {number}\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            time.sleep(_CHUNK_SECONDS)
        self.wfile.write(b"0\r\n\r\n")


def _bare(name: Sequence[object]) -> tuple[str, int]:
    return str(name[0]), int(str(name[1]))


def _padding(count: int) -> dict[str, str]:
    """Fields of 1,000 bytes each, `count` bytes in all or a little more."""
    return {f"X-Padding-{number}": "p" * 980 for number in range(-(-count // 1000))}
