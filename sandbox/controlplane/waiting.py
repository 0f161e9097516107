"""Waits with a limit, and says which process died or what was still missing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from sandbox.controlplane.errors import ControlPlaneError
from sandbox.controlplane.processes import Processes

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 0.5


def wait_until(
    done: Callable[[], str | None],
    *,
    what: str,
    alive: Sequence[str],
    processes: Processes,
    limit_seconds: float,
) -> None:
    """Calls `done` until it returns None; until then it returns what is missing.

    Raises ControlPlaneError as soon as one of the `alive` processes has ended, or after the limit.
    """
    deadline = time.monotonic() + limit_seconds
    pause = _FIRST_PAUSE_SECONDS
    while (missing := done()) is not None:
        processes.refuse_dead(alive)
        if time.monotonic() > deadline:
            logs = "\n".join(f"The end of {processes.log(name)}:\n{processes.log_tail(name)}" for name in alive)
            raise ControlPlaneError(
                f"{what} did not come within {limit_seconds:.0f} s (last answer: {missing[:300]}). The processes were "
                f"left running and their data kept: a slow machine may only need the same command again.\n{logs}"
            )
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
