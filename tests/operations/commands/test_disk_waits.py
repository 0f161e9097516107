"""What is waited for on the cluster ends when it is there, with words when it is not, and outlives a silence."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, repeat
from types import SimpleNamespace
from typing import Any, cast

import pytest

from operations.adapters.console import Console
from operations.adapters.node_disks import NodeDisks, Part
from operations.commands import disk_waits, waiting
from operations.commands.disk_waits import release, wait_for_growth, wait_for_takeover
from operations.disks import Live
from operations.errors import OperationError, UnreachableError
from operations.node_sets import node_set
from operations.plans.growing import of_other_revisions
from tests.operations.commands.world import CLAIM, GIB
from tests.operations.sets import inputs

SILENCE = UnreachableError("does not answer")
GROWN = replace(CLAIM, requested=60 * GIB, capacity=60 * GIB)
SET = Live(stateful_set=node_set(inputs()), uid="v", observed=True, pods={"p2p-node-0": "a"}, update_revision="r")
NOT_YET = replace(SET, owners={"p2p-node-0": ""})
TAKEN = replace(SET, owners={"p2p-node-0": "v"}, revisions={"p2p-node-0": "r"})
GONE = Live(stateful_set=None)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute goes by with each look at the clock, so that nothing really waits."""
    now = iter(range(0, 10**6, 60))
    time = SimpleNamespace(monotonic=lambda: next(now), sleep=lambda seconds: None)
    monkeypatch.setattr(disk_waits, "time", time)
    monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: 0.0, sleep=lambda seconds: None))


def disks(*answers: Live | Exception, release: Callable[[str], None] = lambda uid: None) -> tuple[NodeDisks, list[Any]]:
    """The answers one after the other, the last of them for ever, and what was asked for."""
    given: Iterator[Live | Exception] = chain(answers, repeat(answers[-1]))
    asked: list[Any] = []

    def look(*parts: Part) -> Live:
        asked.append(parts)
        answer = next(given)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return cast(NodeDisks, SimpleNamespace(name="p2p-node", look=look, release=release)), asked


def of(*claims: Any) -> Live:
    return Live(stateful_set=None, claims=claims)


def growth(console: Console, *answers: Live | Exception) -> list[Any]:
    subject, asked = disks(*answers)
    with console.phase("p") as listener:
        wait_for_growth(subject, 60 * GIB, listener)
    return asked


def test_growth_asks_for_claims_alone_through_a_silence(console: Console) -> None:
    assert growth(console, of(CLAIM), SILENCE, SILENCE, of(GROWN)) == [(Part.CLAIMS,)] * 4


def test_pods_are_asked_for_where_a_file_system_waits(console: Console) -> None:
    waits = replace(GROWN, capacity=50 * GIB, file_system_waits=True)
    asked = growth(console, of(replace(waits, in_use=False)), of(waits), of(GROWN))
    assert asked == [(Part.CLAIMS,), (Part.CLAIMS, Part.PODS), (Part.CLAIMS,)]


def test_every_claim_that_is_done_gives_the_others_time(console: Console) -> None:
    slowly = [of(*[CLAIM] * left) for left in range(20, 0, -1)]
    growth(console, *slowly, of(GROWN))
    with pytest.raises(OperationError, match="for 15 minutes none of these claims has grown: data-p2p-node-0"):
        growth(console, *slowly, of(CLAIM))


def test_a_silence_that_does_not_end_stops_it(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "SILENT_WITHIN", -1.0)
    with pytest.raises(UnreachableError):
        growth(console, of(CLAIM), SILENCE)


def test_a_delete_without_an_answer_is_looked_after(console: Console) -> None:
    calls: list[str] = []

    def unheard(uid: str) -> None:
        calls.append(uid)
        if len(calls) == 1:
            raise SILENCE

    subject, asked = disks(SET, SET, replace(SET, leaving=True), GONE, release=unheard)
    with console.phase("p") as listener:
        release(subject, listener)
    assert calls == ["v", "v"]
    assert asked == [(Part.SET,)] * 4
    still, _ = disks(replace(SET, leaving=True))
    with console.phase("p") as listener, pytest.raises(OperationError, match="StatefulSet p2p-node is still there"):
        release(still, listener)


def test_pods_are_waited_for_until_the_set_owns_them(console: Console) -> None:
    unobserved = replace(TAKEN, observed=False)
    anew = replace(TAKEN, pods={"p2p-node-0": "b"}, owners={}, revisions={"p2p-node-0": "old"})
    for last in (TAKEN, anew):
        subject, asked = disks(SILENCE, NOT_YET, unobserved, last)
        with console.phase("p") as listener:
            assert wait_for_takeover(subject, SET, listener) == last
        assert asked == [(Part.SET, Part.PODS)] * 4
    assert (of_other_revisions(TAKEN), of_other_revisions(anew)) == ((), ("p2p-node-0",))


@pytest.mark.parametrize(
    ("found", "words"), [(NOT_YET, "take over p2p-node-0.*run on, but are not made anew"), (GONE, "is not there")]
)
def test_pods_that_nobody_takes_are_an_error(console: Console, found: Live, words: str) -> None:
    subject, _ = disks(found)
    with console.phase("p") as listener, pytest.raises(OperationError, match=words):
        wait_for_takeover(subject, SET, listener)
