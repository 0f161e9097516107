"""How long things take in the cloud: one committed table, in simulated seconds."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("delays.csv")
VARIABLE = "SANDBOX_DELAYS"


class DelaysInvalid(Exception):  # noqa: N818 - named after the state it reports
    """SANDBOX_DELAYS names an unknown row or gives no number of seconds."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One delay: `seconds` are simulated; `source` is a URL or the word assumption."""

    seconds: float
    source: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Delays:
    """The rows by name."""

    rows: Mapping[str, Row]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Delays:
        """The committed table, overridden by SANDBOX_DELAYS (`row=seconds,row=seconds`). Raises DelaysInvalid."""
        with TABLE.open(encoding="utf-8", newline="") as file:
            rows = {
                line["row"]: Row(seconds=float(line["seconds"]), source=line["source"], note=line["note"])
                for line in csv.DictReader(file)
            }
        for name, seconds in _overrides(environment.get(VARIABLE, ""), known=rows):
            rows[name] = Row(seconds=seconds, source=VARIABLE, note=rows[name].note)
        return cls(rows=rows)

    def seconds(self, row: str) -> float:
        """Simulated seconds of a row."""
        return self.rows[row].seconds


def _overrides(text: str, *, known: Mapping[str, Row]) -> list[tuple[str, float]]:
    overrides = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if name not in known:
            raise DelaysInvalid(
                f"{VARIABLE} names `{name}`, which is no row of {TABLE.name}. Rows: {', '.join(sorted(known))}. "
                "Correct the name and start again."
            )
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not equals or not math.isfinite(seconds) or seconds < 0:
            raise DelaysInvalid(
                f"{VARIABLE} gives `{name}` the value {value!r}; it must be simulated seconds, 0 or more, "
                f"as in {name}=30. Correct it and start again."
            )
        overrides.append((name, seconds))
    return overrides
