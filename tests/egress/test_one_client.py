"""One client that opens connections without end leaves room for the others."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from benchmarks.egress_tunnels import allow_descriptors
from components.squid_access import HEALTH_PATH
from sandbox.egress import Laboratory, SquidRoot
from tests.egress.attacks.rows import request
from tests.egress.generated import running

pytestmark = pytest.mark.namespaces

LIMIT, MORE = 1024, 50


def test_a_client_has_a_thousand_connections_and_no_more(lab: Laboratory, squid: SquidRoot) -> None:
    allow_descriptors(2 * LIMIT)
    proxy = running(lab, squid, ["www.google.com"], number=squid.major)
    with contextlib.ExitStack() as stack:
        began = time.monotonic()
        opened = [
            stack.enter_context(lab.client.connect(proxy.address, proxy.port, timeout=5)) for _ in range(LIMIT + MORE)
        ]
        deadline = time.monotonic() + 5
        while (closed := [ended(one) for one in opened]).count(True) < MORE - 5 and time.monotonic() < deadline:
            time.sleep(0.05)
        # Afterwards squid ends those too that are silent (request_start_timeout), and nothing would be shown.
        assert time.monotonic() - began < 10, "the machine is too slow for this test"
        assert MORE - 5 <= closed.count(True) <= MORE
        assert not any(closed[: LIMIT // 2])
        with lab.stranger.connect(proxy.address, proxy.port) as another:
            another.sendall(request(f"GET {HEALTH_PATH} HTTP/1.1", "Host: x"))
            assert another.recv(12) == b"HTTP/1.1 403", "another client is answered"
    proxy.close()


def ended(connection: socket.socket) -> bool:
    """Whether squid closed it; nobody else has a reason to send anything."""
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
