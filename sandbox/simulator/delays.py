"""How long Google takes, from the committed table `delays.csv`, and the journal of what was waited for."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sandbox.layout import Layout

TABLE = Path(__file__).with_name("delays.csv")


@dataclass(frozen=True, kw_only=True)
class Delay:
    """Simulated `seconds` of one operation on one type, and where the number comes from."""

    type: str
    operation: str
    seconds: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation that ended well: how long Google would have taken and how long it took here, in seconds.

    `timestamp` is its end, RFC 3339 in UTC.
    """

    type: str
    name: str
    operation: str
    simulated_seconds: float
    real_seconds: float
    timestamp: str


@cache
def table() -> dict[tuple[str, str], Delay]:
    """Every row by type and operation."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [
            Delay(type=r["type"], operation=r["operation"], seconds=float(r["seconds"]), source=r["source"])
            for r in csv.DictReader(file)
        ]
    return {(row.type, row.operation): row for row in rows}


def seconds(type: str, operation: str) -> float:
    """Simulated seconds that Google takes; 0 where the table has no row."""
    row = table().get((type, operation))
    return row.seconds if row else 0.0


def journal(layout: Layout) -> Path:
    """JSON lines, one `Operation` each."""
    return layout.simulator / "operations.jsonl"


def record(layout: Layout, *, type: str, name: str, operation: str, simulated: float, real: float) -> None:
    """Add one operation to the journal. A journal that cannot be written is left as it is: it is a report, no state."""
    line = Operation(
        type=type,
        name=name,
        operation=operation,
        simulated_seconds=round(simulated, 3),
        real_seconds=round(real, 3),
        timestamp=datetime.now(UTC).isoformat(timespec="milliseconds"),
    )
    try:
        journal(layout).parent.mkdir(parents=True, exist_ok=True)
        with journal(layout).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(line)) + "\n")
    except OSError:
        return


def operations(layout: Layout) -> list[Operation]:
    """The journal, oldest first; lines that a crash cut short are left out."""
    try:
        lines = journal(layout).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            found.append(Operation(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found
