"""The longest gap of a cron schedule, by examples and against a plain walk over the minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from guardrails.cron import longest_gap
from hypothesis import given
from hypothesis import strategies as st

HOUR, DAY = 60, 24 * 60


@pytest.mark.parametrize(
    ("expression", "minutes"),
    [
        ("* * * * *", 1),
        ("*/15 * * * *", 15),
        ("0 * * * *", HOUR),
        ("0,40 * * * *", 40),
        ("0 */7 * * *", 7 * HOUR),
        ("30 3 * * *", DAY),
        ("0 8-20 * * *", 12 * HOUR),
        ("0 3 * * 0", 7 * DAY),
        ("0 3 * * 7", 7 * DAY),
        ("0 3 * * sun", 7 * DAY),
        ("0 3 * * MON-FRI", 3 * DAY),
        ("0 3 * * 1-5/2", 3 * DAY),
        ("0 3 1 * *", 31 * DAY),
        ("0 3 31 * *", 61 * DAY),
        ("0 3 1 jan *", 366 * DAY),
        ("0 3 29 2 *", (4 * 365 + 1) * DAY),
        ("  0   3 * * * ", DAY),
        # Where both are restricted, either is enough; a star with a step is none.
        ("0 3 1 * 1", 7 * DAY),
        ("0 3 */2 * 1", 21 * DAY),
        ("0 3 31 2 *", (28 * 365 + 7) * DAY),
    ],
)
def test_longest_gap(expression: str, minutes: int) -> None:
    assert longest_gap(expression) == minutes


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "@daily",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "1/5 * * * *",
        "*/0 * * * *",
        "1,,2 * * * *",
        ", * * * *",
        "-1 * * * *",
        "mon * * * *",
        "* * * * funday",
        "٣ * * * *",
        "0x1 * * * *",
    ],
)
def test_what_is_no_schedule(expression: str) -> None:
    assert longest_gap(expression) is None


def _list(low: int, high: int) -> st.SearchStrategy[set[int]]:
    return st.sets(st.integers(low, high), min_size=1, max_size=4)


@given(minutes=_list(0, 59), hours=_list(0, 23), weekdays=_list(0, 6))
def test_agrees_with_a_walk_over_the_minutes(minutes: set[int], hours: set[int], weekdays: set[int]) -> None:
    fields = [",".join(map(str, sorted(values))) for values in (minutes, hours, weekdays)]
    times = [timedelta(hours=hour, minutes=minute) for hour in sorted(hours) for minute in sorted(minutes)]
    days = [datetime(2026, 11, 22) + timedelta(days=day) for day in range(15)]
    runs = [day + time for day in days if day.isoweekday() % 7 in weekdays for time in times]
    gaps = [later - earlier for earlier, later in pairwise(runs)]
    assert longest_gap(f"{fields[0]} {fields[1]} * * {fields[2]}") == max(gaps) // timedelta(minutes=1)


@given(st.text(max_size=30))
def test_no_text_raises(text: str) -> None:
    gap = longest_gap(text)
    assert gap is None or gap > 0
