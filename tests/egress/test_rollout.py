"""A domain leaves the settings: the rolling update as Kubernetes does it, under steady traffic."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from sandbox.egress import Laboratory, Proxy, Service, SquidRoot
from tests.egress.conversation import End, connect, finish, plain, tunnel
from tests.egress.generated import running
from tests.egress.steady import Steady, steady

pytestmark = pytest.mark.namespaces

STAYS, REMOVED = "www.google.com", "removed.example.com"
DRAIN = 3
SPREAD = 0.3
"""Seconds for which the old one still takes connections while it is taken out, as preStop does: in a cluster every
machine learns of it in its own time; in the laboratory there is one, and it knows at once."""
LATEST = 2.5
"""See test_draining.py."""


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """What was seen of one."""

    traffic: Steady
    before: tuple[int, int]
    """See `_asked`."""
    after: list[tuple[int, int]]
    """The same once both old ones are out of the service."""
    stays: list[End]
    """Transfers of the domain that stays, through the old ones."""
    removed: list[tuple[float, End]]
    """Tunnels to the domain that goes: when their proxy got SIGTERM, and how they ended."""
    used: list[int]
    """Requests inside of such tunnels, after SIGTERM."""


@pytest.fixture(scope="module")
def rollout(lab: Laboratory, squid: SquidRoot) -> Iterator[Rollout]:
    for name in (STAYS, REMOVED):
        lab.names.answer(name, ["5.5.5.10"])
    before, after = [STAYS, REMOVED], [STAYS]
    numbers = [squid.major * 10 + number for number in range(4)]
    old = [running(lab, squid, before, number=number, drain_seconds=DRAIN) for number in numbers[:2]]
    new: list[Proxy] = []
    transfers: list[Future[End]] = []
    terminated: list[float] = []
    service = lab.service(old)
    with ThreadPoolExecutor() as pool, steady(lab, service, STAYS, plain_clients=6, tls_clients=2) as traffic:
        asked_before = _asked(lab, service)
        tunnels = [tunnel(lab, one, REMOVED) for one in old]
        silent = [pool.submit(_silence, connect(lab, one, REMOVED)[1]) for one in old]
        for leaving, number in zip(old, numbers[2:], strict=True):
            new.append(running(lab, squid, after, number=number, drain_seconds=DRAIN))
            service.put_in(new[-1])
            for through in (plain, tunnel):
                transfers.append(pool.submit(finish, through(lab, leaving, STAYS).begin(STAYS, "/drip/1.5")))
            service.take_out(leaving)
            time.sleep(SPREAD)
            terminated.append(time.monotonic())
            leaving.terminate()
        asked_after = [_asked(lab, service) for _ in range(10)]
        used = [one.get(REMOVED) for one in tunnels]
        ends = [one.result() for one in silent]
        for one in old:
            one.wait(LATEST)
    yield Rollout(
        traffic=traffic,
        before=asked_before,
        after=asked_after,
        stays=[one.result() for one in transfers],
        removed=list(zip(terminated, ends, strict=True)),
        used=used,
    )
    for one in (*old, *new):
        one.close()


def _asked(lab: Laboratory, service: Service) -> tuple[int, int]:
    """What a request and a CONNECT to the domain that goes are answered."""
    status, connection = connect(lab, service, REMOVED)
    connection.close()
    return plain(lab, service, REMOVED).get(REMOVED), status


def _silence(connection: socket.socket) -> End:
    with connection:
        return End(whole=connection.recv(1) != b"", at=time.monotonic())


def test_no_request_fails(rollout: Rollout) -> None:
    """From before the first new proxy until both old ones are gone, without a single second try."""
    assert not rollout.traffic.failures
    assert rollout.traffic.answered > 500


def test_a_removed_domain_is_refused_once_the_old_ones_are_out(rollout: Rollout) -> None:
    assert rollout.before == (200, 200)
    assert rollout.after == [(403, 403)] * 10


def test_no_transfer_of_a_domain_that_stays_is_dropped(rollout: Rollout) -> None:
    assert [end.whole for end in rollout.stays] == [True] * 4
    assert any(end.at > at for end in rollout.stays for at, _ in rollout.removed), "some were under way at SIGTERM"


def test_open_tunnels_to_a_removed_domain_end_at_the_stated_time(rollout: Rollout) -> None:
    assert rollout.used == [200, 200], "not earlier: they serve meanwhile"
    for terminated, end in rollout.removed:
        assert DRAIN <= end.at - terminated <= DRAIN + LATEST
