"""When a planned wait is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sandbox.dataplane.changes import Wait
from sandbox.dataplane.delays import Delays
from sandbox.simulator.clock import Speed


@dataclass(frozen=True, kw_only=True)
class Due:
    """Where a wait stands: real seconds it took so far and still takes (0 or less: over)."""

    taken: float
    left: float


class Timers:
    """Remembers when each wait began, from round to round."""

    def __init__(self, delays: Delays, speed: Speed) -> None:
        self._delays = delays
        self._speed = speed
        self._began: dict[str, float] = {}
        self._first_round = True

    def due(self, wait: Wait, now: float) -> Due:
        """Where `wait` stands at `now` (seconds since the epoch).

        A need that this process saw arise counts from then. One that was there when the process started counts from
        the object's own timestamp, so that a restart does not start it over.
        """
        if wait.key not in self._began:
            since = datetime.fromisoformat(wait.since).timestamp() if self._first_round and wait.since else now
            self._began[wait.key] = min(since, now)
        taken = now - self._began[wait.key]
        needed = max(self._speed.real(self._delays.seconds(wait.row)), wait.real_floor)
        return Due(taken=taken, left=needed - taken)

    def end_round(self, planned: Iterable[Wait]) -> None:
        """Forget every wait that the last plan did not ask for: its reason is gone."""
        self._first_round = False
        wanted = {wait.key for wait in planned}
        self._began = {key: began for key, began in self._began.items() if key in wanted}
