"""What is in the simulated cloud without being anybody's resource: the catalogue's `given`, in every project."""

from __future__ import annotations

import os
import re
from typing import Any

from sandbox.simulator.rules import Row

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
ASSUMED = "SANDBOX_ASSUME_GIVEN"
"""Set where nothing exists and nobody can be asked: then whatever a program needs of such a type is there."""


def given(row: Row, id: str) -> dict[str, Any] | None:
    """The outputs of the resource that is there under this id, over those that every resource of its type has."""
    if row.assumed is None or (match := re.fullmatch(_PLACEHOLDER.sub(r"(?P<\1>[^/]+)", row.id), id)) is None:
        return None
    place = match.groupdict()
    outputs = row.assumed if os.environ.get(ASSUMED) else row.given.get(place["name"])
    return None if outputs is None else {**row.outputs, **outputs, **place}
