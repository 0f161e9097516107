from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sandbox.dataplane.changes import Wait
from sandbox.dataplane.delays import Delays
from sandbox.dataplane.timers import Timers
from sandbox.simulator.clock import Speed

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC).timestamp()


@pytest.fixture
def timers() -> Timers:
    return Timers(Delays.from_environment({"SANDBOX_DELAYS": "disk-create=600"}), Speed(factor=10))


def wait(since: str | None = None, floor: float = 0.0) -> Wait:
    return Wait(row="disk-create", key="k", about="Disk d", since=since, real_floor=floor)


def test_a_need_counts_from_when_it_was_seen(timers: Timers) -> None:
    timers.end_round([])
    assert timers.due(wait("2026-11-23T11:00:00Z"), NOON).left == 60
    assert timers.due(wait("2026-11-23T11:00:00Z"), NOON + 59).left == 1
    assert timers.due(wait("2026-11-23T11:00:00Z"), NOON + 60).left == 0


def test_after_a_restart_it_counts_from_the_objects_own_time(timers: Timers) -> None:
    due = timers.due(wait("2026-11-23T11:59:30Z"), NOON)
    assert (due.taken, due.left) == (30, 30)


def test_a_need_that_went_away_starts_over(timers: Timers) -> None:
    timers.due(wait(), NOON)
    timers.end_round([wait()])
    assert timers.due(wait(), NOON + 50).left == 10
    timers.end_round([])
    assert timers.due(wait(), NOON + 55).left == 60


def test_some_waits_have_a_least_real_time(timers: Timers) -> None:
    assert timers.due(wait(floor=90), NOON).left == 90
