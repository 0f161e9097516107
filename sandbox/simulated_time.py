"""What the simulators waited for in place of Google, in simulated and in real seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rich.table import Table

from sandbox.dataplane import journal
from sandbox.layout import Layout
from sandbox.simulator import delays


@dataclass(frozen=True, kw_only=True)
class Wait:
    """One finished wait."""

    what: str
    simulated_seconds: float
    real_seconds: float


def waits_since(layout: Layout, moment: datetime) -> list[Wait]:
    """The waits of the gcp simulator and of the data plane that ended after `moment`."""
    operations = [
        Wait(
            what=f"{entry.operation} {entry.type}",
            simulated_seconds=entry.simulated_seconds,
            real_seconds=entry.real_seconds,
        )
        for entry in delays.operations(layout)
        if datetime.fromisoformat(entry.timestamp) >= moment
    ]
    events = [
        Wait(what=entry.event, simulated_seconds=entry.simulated_seconds, real_seconds=entry.real_seconds)
        for entry in journal.read(layout)
        if datetime.fromisoformat(entry.at) >= moment
    ]
    return operations + events


def wait_table(waits: Iterable[Wait]) -> Table:
    """One row for each kind of wait: how often, and the longest in both times."""
    kinds: dict[str, list[Wait]] = {}
    for wait in waits:
        kinds.setdefault(wait.what, []).append(wait)
    table = Table("simulated wait", "times", "longest simulated s", "real s", title="Simulated", title_justify="left")
    for what, same in kinds.items():
        longest = max(same, key=lambda wait: wait.simulated_seconds)
        table.add_row(what, str(len(same)), f"{longest.simulated_seconds:.0f}", f"{longest.real_seconds:.1f}")
    return table
