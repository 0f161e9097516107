"""When nodes were down, from the table that a demonstration writes."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

Row = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A node is down from sample `began` on, and ready again at sample `ended`; that is None if it never was again."""

    pod: str
    began: int
    ended: int | None


def samples(text: str) -> list[list[Row]]:
    """The rows of each sample, in order of time. ValueError for an empty table."""
    rows = list(csv.DictReader(text.splitlines()))
    each = len({row["pod"] for row in rows})
    return [list(chunk) for chunk in zip(*[iter(rows)] * each, strict=True)]


def outages(table: Iterable[list[Row]]) -> list[Outage]:
    """In order of their beginning; a node that is evicted again before it was ready is in the same outage."""
    began: dict[str, int] = {}
    found = []
    for number, rows in enumerate(table):
        for row in rows:
            if row["up"] == "no":
                began.setdefault(row["pod"], number)
            elif row["pod"] in began:
                found.append(Outage(pod=row["pod"], began=began.pop(row["pod"]), ended=number))
    found += [Outage(pod=pod, began=first, ended=None) for pod, first in began.items()]
    return sorted(found, key=lambda outage: outage.began)


def one_after_the_other(of: Iterable[Outage]) -> bool:
    """Whether each has ended, and before the next one began."""
    listed = list(of)
    return all(outage.ended is not None for outage in listed) and all(
        earlier.ended is not None and earlier.ended < later.began for earlier, later in pairwise(listed)
    )
