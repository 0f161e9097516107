"""Uploads to a server that does not read them, or late: they fill no proxy's memory, and arrive."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Sequence

import pytest

from sandbox.egress import Laboratory, Proxy, SquidRoot
from tests.egress.attacks.rows import request
from tests.egress.generated import running

pytestmark = pytest.mark.namespaces

UPLOADS = 60
KIB_OF_EACH = 600
"""Between what one takes, 320 to 370, and what it takes without `client_request_buffer_max_size`, 920 to 1,020."""
SIZE = 16 * 1024 * 1024
BLOCK = b"x" * 65536
SILENCE = 1.0
"""Seconds without a byte."""


@pytest.fixture
def proxy(lab: Laboratory, squid: SquidRoot) -> Proxy:
    lab.web.forget()
    lab.names.answer("www.google.com", ["5.5.5.10"])
    return running(lab, squid, ["www.google.com"], number=squid.major)


def test_uploads_that_nobody_reads_take_little_memory(lab: Laboratory, proxy: Proxy) -> None:
    before = proxy.resident_kib()
    with contextlib.ExitStack() as stack:
        uploads = [stack.enter_context(upload(lab, proxy, deaf=30)) for _ in range(UPLOADS)]
        for connection in uploads:
            connection.setblocking(False)
        deadline = time.monotonic() + 10
        while len(lab.web.connections()) < UPLOADS and time.monotonic() < deadline:
            time.sleep(0.05)
        sent = fill(uploads)
        grown = proxy.resident_kib() - before
    proxy.close()
    assert sent < UPLOADS * SIZE, "somebody read all of it"
    assert 0 < grown < UPLOADS * KIB_OF_EACH


def test_a_server_that_reads_late_gets_the_upload(lab: Laboratory, proxy: Proxy, squid: SquidRoot) -> None:
    """From 6 on. 5.7 takes a full buffer for a client that is gone; the image is 6.13 (docs/egress.md)."""
    with upload(lab, proxy, deaf=2) as connection:
        connection.settimeout(20)
        answer = b""
        with contextlib.suppress(ConnectionError):
            for _ in range(SIZE // len(BLOCK)):
                connection.sendall(BLOCK)
            answer = connection.recv(12)
    proxy.close()
    assert answer == (b"HTTP/1.1 200" if squid.major > 5 else b"")


def upload(lab: Laboratory, proxy: Proxy, *, deaf: int) -> socket.socket:
    """A connection on which an upload is announced, to a server that does not read for so many seconds."""
    connection = lab.client.connect(proxy.address, proxy.port, timeout=5)
    line = f"POST http://www.google.com/deaf/{deaf} HTTP/1.1"
    connection.sendall(request(line, "Host: www.google.com", f"Content-Length: {SIZE}"))
    return connection


def fill(connections: Sequence[socket.socket]) -> int:
    """Sends until none takes more for a while, and says how many bytes they took."""
    sent, silent = 0, time.monotonic()
    while time.monotonic() - silent < SILENCE:
        for connection in connections:
            # squid 5.7 ends some of them.
            with contextlib.suppress(BlockingIOError, ConnectionError):
                sent += connection.send(BLOCK)
                silent = time.monotonic()
        time.sleep(0.01)
    return sent
