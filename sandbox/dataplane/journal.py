"""What was waited for, in simulated and in real seconds: one JSON line each in `dataplane/events.jsonl`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.layout import Layout


@dataclass(frozen=True, kw_only=True)
class Waited:
    """One finished wait. `event` is the row of the table of delays, `at` the moment it ended (RFC 3339)."""

    event: str
    object: str
    simulated_seconds: float
    real_seconds: float
    at: str


def path(layout: Layout) -> Path:
    """The journal of a sandbox."""
    return layout.root / "dataplane" / "events.jsonl"


def read(layout: Layout) -> list[Waited]:
    """Every finished wait, oldest first. A line cut short by a crash is left out."""
    try:
        lines = path(layout).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    waits = []
    for line in lines:
        try:
            waits.append(Waited(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return waits


def append(layout: Layout, waited: Waited) -> None:
    """Add one line. Raises OSError."""
    target = path(layout)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(waited)) + "\n")
