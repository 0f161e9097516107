"""Files that cannot be read or written, told to the person who has to do something about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

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


def mapping(path: Path, *, remedy: str) -> dict[str, Any]:
    """A YAML file of keys and values; an empty one is `{}`. `remedy` says what to do about one that is no such thing.

    Raises:
        OperationError: the file is no YAML, or no mapping.
        OSError: it cannot be read.
    """
    try:
        content = yaml.safe_load(path.read_bytes())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise OperationError(f"{path} is no YAML: {error}\nNothing was changed. {remedy}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise OperationError(f"{path} holds no keys and values. Nothing was changed. {remedy}")
    return content
