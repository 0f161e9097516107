"""One mistake in a stack's settings, as a person reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

NAMESPACE = "p2p-nodes"
"""The namespace of our keys in Pulumi.<stack>.yaml; it is the name of the Pulumi project."""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A value that cannot be used: where it is, what it is, what would do, and the way there."""

    key: str
    got: str
    allowed: str
    advice: str

    def __str__(self) -> str:
        return f"  {self.key}\n    got      {self.got}\n    allowed  {self.allowed}\n    do       {self.advice}"


def key_path(location: Sequence[str | int], namespace: str = NAMESPACE) -> str:
    """The key as Pulumi writes it: `p2p-nodes:egress.allowed_domains[2]`."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return f"{namespace}:{path.removeprefix('.')}"


def shown(value: object) -> str:
    """A value as it stands in the file, cut where it would fill the screen."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 120 else f"{text[:117]}..."
