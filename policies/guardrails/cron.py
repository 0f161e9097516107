"""How long a cron schedule lets pass between two runs.

The grammar is that of Vixie cron, https://man7.org/linux/man-pages/man5/crontab.5.html: five fields of `*`, numbers,
names, ranges, steps and lists; where day of month and day of week are both restricted, either is enough. Times are UTC,
as Backup for GKE reads them, so no day has 23 hours.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Final

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PART: Final = re.compile(r"(?:(?P<all>\*)|(?P<low>\w+)(?:-(?P<high>\w+))?)(?:/(?P<step>[1-9][0-9]{0,3}))?", re.ASCII)

_MINUTES_A_DAY: Final = 24 * 60
_FIRST: Final = date(2000, 1, 1)
_CYCLE: Final = 28 * 365 + 7
"""Days after which dates fall on the same days of the week again, from 1901 to 2099."""


@cache
def longest_gap(expression: str) -> int | None:
    """The most minutes between two runs. None for what is no such expression; 28 years for what never runs."""
    fields = expression.lower().split()
    if len(fields) != 5:
        return None
    minutes, hours = _values(fields[0], 0, 59), _values(fields[1], 0, 23)
    days, months = _values(fields[2], 1, 31), _values(fields[3], 1, 12, _MONTHS)
    weekdays = _values(fields[4], 0, 7, _DAYS)
    if minutes is None or hours is None or days is None or months is None or weekdays is None:
        return None
    times = sorted(60 * hour + minute for hour in hours for minute in minutes)
    restricted = not fields[2].startswith("*") and not fields[4].startswith("*")
    runs = []
    for position in range(_CYCLE):
        day = _FIRST + timedelta(days=position)
        of_month, of_week = day.day in days, not weekdays.isdisjoint({day.isoweekday(), day.isoweekday() % 7})
        if day.month in months and (of_month or of_week if restricted else of_month and of_week):
            runs.append(position)
    if not runs:
        return _CYCLE * _MINUTES_A_DAY
    within_a_day = max((later - earlier for earlier, later in pairwise(times)), default=0)
    most_days = max(later - earlier for earlier, later in pairwise([*runs, runs[0] + _CYCLE]))
    return max(within_a_day, most_days * _MINUTES_A_DAY - times[-1] + times[0])


def _values(field: str, low: int, high: int, names: tuple[str, ...] = ()) -> frozenset[int] | None:
    """The numbers that a field allows; None where it is malformed."""
    values: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            return None
        first = low if match["all"] else _number(match["low"], names, low)
        last = high if match["all"] else _number(match["high"], names, low) if match["high"] else first
        if first is None or last is None or not low <= first <= last <= high:
            return None
        # Vixie cron knows steps of ranges only.
        if match["step"] and first == last and not match["high"]:
            return None
        values.update(range(first, last + 1, int(match["step"] or 1)))
    return frozenset(values)


def _number(text: str, names: tuple[str, ...], low: int) -> int | None:
    if text in names:
        return names.index(text) + low
    return int(text) if text.isdecimal() and len(text) <= 2 else None
