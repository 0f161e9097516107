"""Files that cannot be read or written, told to the person who has to do something about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from operations.errors import OperationError
from sandbox.layout import Layout


@contextmanager
def usable(layout: Layout) -> Iterator[None]:
    """Turns a full disk, a missing permission and the like into an `OperationError` that names the file."""
    try:
        yield
    except OSError as error:
        raise OperationError(
            f"The sandbox in {layout.root} cannot be used: {error}. What was there is kept. Free space or mend the "
            "permissions of what is named, or set SANDBOX_HOME to a folder of yours, and run the same command again."
        ) from error
