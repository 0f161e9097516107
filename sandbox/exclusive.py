"""One command at a time in one sandbox."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper

from operations.errors import OperationError
from sandbox.files import usable
from sandbox.layout import Layout


@contextmanager
def exclusive(layout: Layout, command: str) -> Iterator[None]:
    """Holds the sandbox for `command`. The kernel gives it back when the process ends, however it ends.

    Raises:
        OperationError: another command holds it, or its folder cannot be made or written.
    """
    with usable(layout):
        layout.root.mkdir(parents=True, exist_ok=True)
        lock = (layout.root / "command.lock").open("a+")
    with lock:
        with usable(layout):
            take(lock)
            lock.truncate(0)
            lock.write(f"`{command}` (process {os.getpid()})")
            lock.flush()
        yield
        lock.truncate(0)


def take(lock: TextIOWrapper) -> None:
    """Locks the file, or says who holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        holder = lock.read().strip() or "another command"
        raise OperationError(
            f"This checkout's sandbox is in use by {holder}. Two at once would change the same stack: "
            "wait for it to end, or work in another checkout, which has a sandbox of its own."
        ) from error
