"""The health page: what the kubelet asks for, and what that says about squid."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from ipaddress import IPv4Network

import pytest

from components.squid_access import HEALTH_PATH
from components.squid_conf import CONF_FILE, configuration
from sandbox.egress import Laboratory, Proxy, SquidRoot
from sandbox.egress.laboratory import STRANGER
from tests.egress.attacks.rows import connect, get, request
from tests.egress.generated import CLIENTS, PORT, running

pytestmark = pytest.mark.namespaces

PROBE = f"GET {HEALTH_PATH} HTTP/1.1"


@pytest.fixture
def proxy(lab: Laboratory, squid: SquidRoot) -> Iterator[Proxy]:
    proxy = running(lab, squid, ["www.google.com"], number=squid.major, drain_seconds=3)
    yield proxy
    proxy.close()


def asked(lab: Laboratory, proxy: Proxy, *, timeout: float = 2) -> bytes:
    """The answer to what kubelet sends."""
    with lab.client.connect(proxy.address, proxy.port, timeout=timeout) as connection:
        headers = (f"Host: {proxy.address}:{proxy.port}", "User-Agent: kube-probe/1.34", "Accept: */*")
        connection.sendall(request(PROBE, *headers))
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def test_a_squid_that_serves_says_so_and_logs_nothing(lab: Laboratory, proxy: Proxy) -> None:
    answer = asked(lab, proxy)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\nok\n")
    with lab.client.connect(proxy.address, proxy.port):
        """A connection without a request."""
    time.sleep(0.3)
    assert proxy.raw_log() == []


def test_a_squid_that_hangs_does_not(lab: Laboratory, proxy: Proxy) -> None:
    proxy.signal(signal.SIGSTOP)
    try:
        with lab.client.connect(proxy.address, proxy.port, timeout=2):
            """The kernel takes the connection: a probe of the port alone would pass."""
        with pytest.raises(TimeoutError):
            asked(lab, proxy)
    finally:
        proxy.signal(signal.SIGCONT)
    assert asked(lab, proxy, timeout=10).startswith(b"HTTP/1.1 200 ")


def test_a_squid_that_ends_does_not(lab: Laboratory, proxy: Proxy) -> None:
    proxy.terminate()
    time.sleep(0.3)
    assert proxy.running()
    with pytest.raises(OSError):  # noqa: PT011 - refused or reset, both are failures of the probe
        asked(lab, proxy)


def test_machines_may_ask_for_it_and_for_nothing_else(lab: Laboratory, squid: SquidRoot) -> None:
    files = configuration(
        port=PORT,
        clients=CLIENTS,
        health_checkers=[IPv4Network(f"{STRANGER}/32")],
        allowed_domains=["www.google.com"],
        drain_seconds=1,
    )
    proxy = lab.proxy(files.pop(CONF_FILE), squid=squid, number=100 + squid.major, files=files)
    asks = {
        "the page": request(PROBE, "Host: x"),
        "below another name": get(f"http://www.google.com{HEALTH_PATH}"),
        "another page": request(f"{PROBE.replace('health', 'icons/SN.png')}", "Host: x"),
        "the web": get("http://www.google.com/"),
        "a tunnel": connect("www.google.com:443"),
    }
    answers = {}
    for what, sent in asks.items():
        with lab.stranger.connect(proxy.address, proxy.port) as connection:
            connection.sendall(sent)
            answers[what] = int(connection.recv(65536).split()[1])
    proxy.close()
    assert answers == {what: 200 if what == "the page" else 403 for what in asks}
