"""One command at a time in one sandbox."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from operations.errors import OperationError
from sandbox.layout import Layout


@contextmanager
def exclusive(layout: Layout, command: str) -> Iterator[None]:
    """Holds the sandbox for `command`. The kernel gives it back when the process ends, however it ends.

    Raises:
        OperationError: another command holds it.
    """
    layout.root.mkdir(parents=True, exist_ok=True)
    with (layout.root / "command.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "another command"
            raise OperationError(
                f"This checkout's sandbox is in use by {holder}. Two at once would change the same stack: "
                "wait for it to end, or work in another checkout, which has a sandbox of its own."
            ) from error
        lock.truncate(0)
        lock.write(f"`{command}` (process {os.getpid()})")
        lock.flush()
        yield
        lock.truncate(0)
