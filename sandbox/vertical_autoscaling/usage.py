"""What the nodes' processes are said to use, over time: a table that the simulated metrics API follows."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

TABLE = Path(__file__).with_name("usage.csv")


class ProfileInvalid(Exception):  # noqa: N818 - named after the state it reports
    """A table of usage is missing, malformed or not in order."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Memory in MiB and CPU in millicores."""

    memory_mib: float
    cpu_millicores: float

    def within(self, limit_mib: float | None) -> Usage:
        """The same under a limit of memory: the kernel ends a process before it uses more."""
        return self if limit_mib is None else replace(self, memory_mib=min(self.memory_mib, limit_mib))


@dataclass(frozen=True, kw_only=True)
class Point:
    """What is used `seconds` (real ones) after the beginning."""

    seconds: float
    usage: Usage


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Points in order of time, the first at 0. In between it is a straight line, after the last it stays."""

    points: Sequence[Point]

    @classmethod
    def read(cls, file: Path = TABLE) -> Profile:
        """The rows of a table as `usage.csv`. Raises ProfileInvalid."""
        try:
            with file.open(encoding="utf-8", newline="") as table:
                points = tuple(_point(row) for row in csv.DictReader(table))
        except (OSError, KeyError, TypeError, ValueError) as problem:
            raise ProfileInvalid(f"{file} is no table of usage ({problem}). Columns: see {TABLE.name}.") from problem
        moments = [point.seconds for point in points]
        if not moments or moments[0] != 0 or any(after <= before for before, after in pairwise(moments)):
            raise ProfileInvalid(f"{file}: the first row must be at 0 seconds, and each one later than the last.")
        return cls(points=points)

    @property
    def seconds(self) -> float:
        """When it does not change any more."""
        return self.points[-1].seconds

    def at(self, seconds: float) -> Usage:
        """What is used then."""
        for before, after in pairwise(self.points):
            if seconds < after.seconds:
                share = max(0.0, (seconds - before.seconds) / (after.seconds - before.seconds))
                return Usage(
                    memory_mib=_between(before.usage.memory_mib, after.usage.memory_mib, share),
                    cpu_millicores=_between(before.usage.cpu_millicores, after.usage.cpu_millicores, share),
                )
        return self.points[-1].usage


def _between(first: float, second: float, share: float) -> float:
    return first + (second - first) * share


def _point(row: dict[str, str]) -> Point:
    return Point(
        seconds=float(row["seconds"]),
        usage=Usage(memory_mib=float(row["memory_mib"]), cpu_millicores=float(row["cpu_millicores"])),
    )
