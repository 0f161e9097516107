"""One builder per cache entry, however many checkouts share the cache."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.toolchain.errors import BuildCancelled

_POLL_SECONDS = 0.2


@contextmanager
def held(file: Path, cancelled: threading.Event, waiting: Callable[[str], None]) -> Iterator[None]:
    """Holds the lock `file` for the duration of the block; the kernel frees it if this process dies.

    `waiting` is called once, with the holder's process id (or `?`), if another process has it.
    Raises BuildCancelled if `cancelled` is set while waiting.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        said = False
        while not _try(descriptor):
            if not said:
                waiting(os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "?")
                said = True
            if cancelled.wait(_POLL_SECONDS):
                raise BuildCancelled
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
