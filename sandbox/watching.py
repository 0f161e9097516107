"""Processes of the sandbox that ended although nobody asked them to."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from operations.errors import OperationError
from sandbox.controlplane.processes import Processes
from sandbox.layout import Layout

GRACE_SECONDS = 1.0
"""How long a new process is looked at: what cannot start says so within this."""
POLL_SECONDS = 0.1


def require_alive(processes: Processes, names: Collection[str], *, seconds: float = GRACE_SECONDS) -> None:
    """Looks at new processes for `seconds`; without any, not at all.

    Raises:
        ControlPlaneError: one of them ended.
    """
    if not names:
        return
    deadline = time.monotonic() + seconds
    while True:
        processes.refuse_dead(names)
        if time.monotonic() >= deadline:
            return
        time.sleep(POLL_SECONDS)


@contextmanager
def cause_of_failure(layout: Layout) -> Iterator[None]:
    """Adds to an `OperationError` which process of the sandbox ended meanwhile: it may be why."""
    try:
        yield
    except OperationError as error:
        if not (ended := ended_by_themselves(layout)):
            raise
        raise OperationError(f"{error}\n{ended}") from error


def ended_by_themselves(layout: Layout) -> str:
    """One paragraph for each process that is gone, with the end of its log."""
    processes = Processes(layout=layout)
    return "\n".join(
        f"{state.name} (process {state.pid}) of the sandbox ended meanwhile, and that may be why. The end of "
        f"{state.log}:\n{processes.log_tail(state.name)}\nRunning the command again restarts it."
        for state in processes.states()
        if state.state == "dead"
    )
