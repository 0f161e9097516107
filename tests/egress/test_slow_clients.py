"""Clients that take their time, all at once: each loses its connection, and nobody waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from socket import socket

import pytest

from sandbox.egress import Laboratory, Proxy, SquidRoot
from tests.egress.attacks.rows import get
from tests.egress.generated import running

pytestmark = pytest.mark.namespaces

LIMIT = 10
"""request_start_timeout and request_timeout, in seconds."""
PATIENCE = LIMIT + 8


def _silent(connection: socket) -> None:
    """Connects and says nothing."""


def _half(connection: socket) -> None:
    connection.sendall(b"GET http://www.google.com/ HTTP/1.1\r\nHost:")


def _trickle(connection: socket) -> None:
    """A byte each half second, so that no pause is long."""
    for letter in get("http://www.google.com/" + "a" * 200):
        connection.sendall(bytes([letter]))
        time.sleep(0.5)


def _headers_for_ever(connection: socket) -> None:
    connection.sendall(b"GET http://www.google.com/ HTTP/1.1\r\n")
    while True:
        connection.sendall(b"X-A: b\r\n")
        time.sleep(0.5)


def _long_label(connection: socket) -> None:
    """squid can put no question about such a name to DNS, and gives up when it would without an answer."""
    connection.sendall(get(f"http://{'a' * 64}.example.org/"))


CLIENTS: tuple[Callable[[socket], None], ...] = (_silent, _half, _trickle, _headers_for_ever, _long_label)


@dataclass
class Lost:
    """After how many seconds the proxy closed the connection, and the last that it said."""

    seconds: float = 0.0
    answer: bytes = b""


def _behave(connection: socket, how: Callable[[socket], None], lost: Lost) -> None:
    began = time.monotonic()

    def act() -> None:
        try:
            how(connection)
        except OSError:
            return

    threading.Thread(target=act, daemon=True).start()
    try:
        while piece := connection.recv(65536):
            lost.answer += piece
    except OSError:
        pass
    lost.seconds = time.monotonic() - began


def test_slow_clients_are_cut_off(lab: Laboratory, squid: SquidRoot) -> None:
    proxy: Proxy = running(lab, squid, ["www.google.com", ".example.org"], number=squid.major)
    lab.names.answer("www.google.com", ["5.5.5.10"])
    losses = {how.__name__: Lost() for how in CLIENTS}
    threads = []
    for how in CLIENTS:
        connection = lab.client.connect(proxy.address, proxy.port, timeout=PATIENCE)
        threads.append(threading.Thread(target=_behave, args=(connection, how, losses[how.__name__])))
        threads[-1].start()
    # Whoever behaves is served meanwhile.
    with lab.client.connect(proxy.address, proxy.port) as connection:
        connection.sendall(get("http://www.google.com/meanwhile"))
        assert connection.recv(12) == b"HTTP/1.1 200"
    for thread in threads:
        thread.join(PATIENCE + 2)
    assert {name: lost.answer for name, lost in losses.items() if lost.seconds >= PATIENCE} == {}
    for how in (_silent, _half, _trickle, _headers_for_ever):
        assert losses[how.__name__].seconds >= LIMIT - 1, how.__name__
    assert losses["_long_label"].answer.startswith(b"HTTP/1.1 503")
    assert {(one.address, one.path) for one in lab.web.requests()} == {("5.5.5.10", "/meanwhile")}
    lab.web.forget()
    assert all(line["status"] in (200, 400, 408, 503, 0) for line in proxy.log())
