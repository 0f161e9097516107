"""Numbers and percentages: the forms that Kubernetes takes, and its rounding."""

from __future__ import annotations

import math

import pytest
from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.int_or_percent import IntOrPercent, read
from guardrails.plain import Plain
from hypothesis import given
from hypothesis import strategies as st


def _read(value: Plain) -> IntOrPercent | Unjudged | None:
    return read(Field(path="spec.minAvailable", value=value))


@pytest.mark.parametrize(
    ("value", "total", "expected"),
    [(0, 3, 0), (2, 3, 2), ("0%", 3, 0), ("1%", 3, 1), ("34%", 3, 2), ("50%", 3, 2), ("50%", 4, 2), ("100%", 3, 3)],
)
def test_number_of_pods(value: Plain, total: int, expected: int) -> None:
    found = _read(value)
    assert isinstance(found, IntOrPercent)
    assert found.of(total) == expected


@pytest.mark.parametrize("value", [True, -1, 1.5, "1", "", "%", "-1%", "1.5%", " 1%", "1%\n", "٣%", [], {}])
def test_other_forms_are_refused(value: Plain) -> None:
    found = _read(value)
    assert isinstance(found, Unjudged)
    assert found.path == "spec.minAvailable"


def test_absent_is_neither() -> None:
    assert _read(None) is None


@given(st.integers(0, 100), st.integers(0, 10_000))
def test_percentages_are_rounded_up(percent: int, total: int) -> None:
    assert IntOrPercent(number=percent, is_percent=True).of(total) == math.ceil(percent * total / 100)
