"""A proxy that is replaced: what goes through it is finished, and it ends when it was said to."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.egress import Laboratory, Proxy, SquidRoot
from tests.egress.conversation import End, connect, finish, plain, slow_body, tunnel
from tests.egress.generated import running

pytestmark = pytest.mark.namespaces

NAME = "www.google.com"
DRAIN = 3
"""Seconds, shorter than the setting allows."""
FINISHED = 1.5
"""Seconds that those transfers take which must not be lost."""
LATEST = 2.5
"""Seconds that squid may take beyond the drain, until its process is gone: it adds a second, and tidies up."""


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """What was seen of a proxy that got SIGTERM during transfers."""

    began: float
    """When it got SIGTERM (time.monotonic)."""
    finished: dict[str, End]
    """Transfers that were shorter than the drain."""
    cut: dict[str, End]
    """Transfers and tunnels that were longer."""
    new_connection: Exception | None
    through_the_new: list[int]
    status: int
    ended: float
    idle_status: int
    idle_seconds: float
    left_behind: list[str]
    """In the three folders, shortly before the end."""


@pytest.fixture(scope="module")
def replaced(lab: Laboratory, squid: SquidRoot) -> Iterator[Replaced]:
    lab.names.answer(NAME, ["5.5.5.10"])
    old = running(lab, squid, [NAME], number=squid.major * 10 + 1, drain_seconds=DRAIN)
    new = running(lab, squid, [NAME], number=squid.major * 10 + 2, drain_seconds=DRAIN)
    idle = running(lab, squid, [NAME], number=squid.major * 10 + 3, drain_seconds=1)
    with ThreadPoolExecutor() as pool:
        finished, cut = _traffic(lab, old, pool)
        began = time.monotonic()
        old.terminate()
        idle.terminate()
        exits = {one: pool.submit(_exit, one) for one in (old, idle)}
        refusal = _refusal(lab, old)
        through_the_new = [plain(lab, new, NAME).get(NAME) for _ in range(20)]
        through_the_new += [tunnel(lab, new, NAME).get(NAME) for _ in range(20)]
        left_behind = _files(old)
        (status, ended), (idle_status, idle_ended) = exits[old].result(), exits[idle].result()
        yield Replaced(
            began=began,
            finished={name: one.result() for name, one in finished.items()},
            cut={name: one.result() for name, one in cut.items()},
            new_connection=refusal,
            through_the_new=through_the_new,
            status=status,
            ended=ended,
            idle_status=idle_status,
            idle_seconds=idle_ended - began,
            left_behind=left_behind,
        )
    for one in (old, new, idle):
        one.close()


def _traffic(
    lab: Laboratory, old: Proxy, pool: ThreadPoolExecutor
) -> tuple[dict[str, Future[End]], dict[str, Future[End]]]:
    """Begun when this returns: transfers shorter and longer than the drain."""
    short, long = f"/drip/{FINISHED}", f"/drip/{DRAIN + 20}"
    begun = {
        "download": plain(lab, old, NAME).begin(NAME, short),
        "download in a tunnel": tunnel(lab, old, NAME).begin(NAME, short),
        "long download": plain(lab, old, NAME).begin(NAME, long),
        "long download in a tunnel": tunnel(lab, old, NAME).begin(NAME, long),
    }
    ends = {name: pool.submit(finish, answer) for name, answer in begun.items()}
    uploads = {"upload": plain(lab, old, NAME), "upload in a tunnel": tunnel(lab, old, NAME)}
    for name, conversation in uploads.items():
        where = f"http://{NAME}/echo" if name == "upload" else "/echo"
        conversation.putrequest("POST", where, skip_host=True)
        for field, value in (("Host", NAME), ("Content-Length", str(len(b"".join(slow_body(10, 0)))))):
            conversation.putheader(field, value)
        conversation.endheaders()
    silent = connect(lab, old, NAME)[1]
    time.sleep(0.3)

    def uploaded(name: str) -> End:
        for part in slow_body(10, FINISHED):
            uploads[name].send(part)
        answer = uploads[name].getresponse()
        told = answer.read().decode()
        return End(whole=answer.status == 200 and r"part 0\npart 1\n" in told and "part 9" in told, at=time.monotonic())

    def silence() -> End:
        return End(whole=silent.recv(1) != b"", at=time.monotonic())

    finished = {name: ends[name] for name in ("download", "download in a tunnel")}
    finished |= {name: pool.submit(uploaded, name) for name in uploads}
    cut = {name: ends[name] for name in ("long download", "long download in a tunnel")}
    return finished, cut | {"silent tunnel": pool.submit(silence)}


def _exit(proxy: Proxy) -> tuple[int, float]:
    return proxy.wait(DRAIN + 20), time.monotonic()


def _refusal(lab: Laboratory, proxy: Proxy) -> Exception | None:
    """Why it takes no new connection, asked for at most a second."""
    for _ in range(20):
        try:
            lab.client.connect(proxy.address, proxy.port).close()
        except OSError as error:
            return error
        time.sleep(0.05)
    return None


def _files(proxy: Proxy) -> list[str]:
    root = Path(f"/proc/{proxy.pid}/root")
    folders = [root / "run/squid", root / "var/log/squid", root / "var/spool/squid"]
    return [str(Path(where, name)) for folder in folders for where, _, names in os.walk(folder) for name in names]


def test_transfers_shorter_than_the_drain_are_finished(replaced: Replaced) -> None:
    assert {name for name, end in replaced.finished.items() if not end.whole} == set()
    for end in replaced.finished.values():
        assert 0.5 < end.at - replaced.began < DRAIN, "it was under way at SIGTERM, and ended by itself"


def test_longer_ones_end_at_the_stated_time(replaced: Replaced) -> None:
    for name, end in replaced.cut.items():
        assert not end.whole, name
        assert DRAIN <= end.at - replaced.began <= DRAIN + LATEST, name


def test_it_takes_no_new_connection(replaced: Replaced) -> None:
    assert isinstance(replaced.new_connection, ConnectionRefusedError)


def test_nothing_through_the_new_one_fails(replaced: Replaced) -> None:
    assert replaced.through_the_new == [200] * 40


def test_it_ends_by_itself_and_leaves_nothing(replaced: Replaced) -> None:
    assert replaced.status == 0
    assert DRAIN <= replaced.ended - replaced.began <= DRAIN + LATEST
    assert replaced.left_behind == [], "no pid file, no swap.state, no core"


def test_an_idle_one_takes_its_whole_drain_too(replaced: Replaced) -> None:
    """Nothing shortens it. Once a squid ends sooner, the docs may say so."""
    assert replaced.idle_status == 0
    assert 1 <= replaced.idle_seconds <= 1 + LATEST


def test_an_answer_ends_its_connection(lab: Laboratory, squid: SquidRoot) -> None:
    """A proxy that ends answers 503 to the next request of a connection that was busy, and resets idle ones."""
    lab.names.answer(NAME, ["5.5.5.10"])
    proxy = running(lab, squid, [NAME], number=squid.major * 10 + 4)
    conversation = plain(lab, proxy, NAME)
    assert conversation.get(NAME) == 200
    assert conversation.is_over()
    kept = tunnel(lab, proxy, NAME)
    assert [kept.get(NAME) for _ in range(3)] == [200] * 3, "what is inside a tunnel is not the proxy's to end"
    proxy.close()
