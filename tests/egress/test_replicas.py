"""Two replicas behind one address, and one of them dies or hangs."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from components.squid_access import HEALTH_PATH
from sandbox.egress import Laboratory, Proxy, Service, SquidRoot
from tests.egress.conversation import End, established_from, finish, local_port, plain, tunnel
from tests.egress.generated import running

pytestmark = pytest.mark.namespaces

NAME = "www.google.com"
RETRIES = ["--retry", "20", "--retry-connrefused", "--retry-delay", "1"]


@dataclass(frozen=True, kw_only=True)
class Killed:
    """What was seen when one of two replicas got SIGKILL during transfers."""

    at: float
    its_own: list[End]
    the_others: list[End]
    again: list[int]
    """Exit statuses of curl right after, with retries, before the service has noticed."""
    without_it: list[int]
    """The same without a retry, once it is out of the service."""
    back: list[int]
    """Without a retry, once a new one is in its place."""


@pytest.fixture(scope="module")
def killed(lab: Laboratory, squid: SquidRoot) -> Iterator[Killed]:
    lab.names.answer(NAME, ["5.5.5.10"])
    first = squid.major * 10
    dies, stays = (running(lab, squid, [NAME], number=first + number) for number in (0, 1))
    service = lab.service([dies, stays])
    with ThreadPoolExecutor(max_workers=32) as pool:
        # All sixteen at one of two: once in 32,768 runs.
        conversations = [through(lab, service, NAME) for through in (plain, tunnel) for _ in range(8)]
        ports = [local_port(one) for one in conversations]
        ends = [pool.submit(finish, one.begin(NAME, "/drip/2.5")) for one in conversations]
        its_ports = established_from(dies)
        at = time.monotonic()
        dies.kill()
        dies.wait(5)
        again = list(pool.map(lambda _: _curl(lab, service, *RETRIES), range(4)))
        service.take_out(dies)
        without_it = list(pool.map(lambda _: _curl(lab, service), range(4)))
        anew = running(lab, squid, [NAME], number=first)
        service.put_in(anew)
        back = list(pool.map(lambda _: _curl(lab, service), range(4)))
        by_port = dict(zip(ports, [one.result() for one in ends], strict=True))
    yield Killed(
        at=at,
        its_own=[end for port, end in by_port.items() if port in its_ports],
        the_others=[end for port, end in by_port.items() if port not in its_ports],
        again=again,
        without_it=without_it,
        back=back,
    )
    for one in (anew, stays):
        one.close()


def _curl(lab: Laboratory, service: Service, *options: str) -> int:
    command = ["curl", "-sS", "-f", "-o", "/dev/null", "-x", service.url, *options, f"http://{NAME}/echo"]
    return lab.client.run(command).returncode


def test_a_killed_replica_loses_its_own_connections_at_once(killed: Killed) -> None:
    assert killed.its_own
    for end in killed.its_own:
        assert not end.whole
        assert end.at - killed.at < 1


def test_the_other_one_loses_none(killed: Killed) -> None:
    assert killed.the_others
    assert [end.whole for end in killed.the_others] == [True] * len(killed.the_others)


def test_the_next_request_succeeds(killed: Killed) -> None:
    """Until Kubernetes has noticed, one connection in two is refused at once, and who tries again gets through."""
    assert killed.again == [0] * 4
    assert killed.without_it == [0] * 4
    assert killed.back == [0] * 4


def _health(lab: Laboratory, proxy: Proxy) -> subprocess.CompletedProcess[str]:
    """The kubelet's question."""
    return lab.client.run(["curl", "-sS", "-f", "-m", "1", f"{proxy.url}{HEALTH_PATH}"])


def test_a_hung_one_fails_its_health_check(lab: Laboratory, squid: SquidRoot) -> None:
    proxy = running(lab, squid, [NAME], number=squid.major * 10 + 2)
    assert _health(lab, proxy).returncode == 0
    proxy.signal(signal.SIGSTOP)
    lab.client.connect(proxy.address, proxy.port).close()  # the kernel answers for it: a TCP probe would not notice
    assert _health(lab, proxy).returncode == 28, "curl's status of a timeout"
    proxy.signal(signal.SIGCONT)
    assert _health(lab, proxy).returncode == 0
    proxy.close()
