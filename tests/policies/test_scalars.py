"""Reading one plain value: its own type, nothing, or a note."""

from __future__ import annotations

from typing import Any

import pytest
from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.scalars import boolean, integer, text

_READERS: Any = {"a boolean": boolean, "a whole number": integer, "a string": text}


@pytest.mark.parametrize(
    ("read", "value", "read_as"),
    [
        (boolean, True, True),
        (boolean, False, False),
        (integer, 0, 0),
        (integer, -7, -7),
        (integer, 2.0, 2),
        (text, "", ""),
        (text, "a", "a"),
    ],
)
def test_values_of_their_type(read: Any, value: Any, read_as: Any) -> None:
    answer = read(Field(path="a.b", value=value))
    assert answer == read_as
    assert type(answer) is type(read_as)


@pytest.mark.parametrize("read", _READERS.values(), ids=_READERS.keys())
def test_nothing_is_nothing(read: Any) -> None:
    assert read(Field(path="a.b", value=None)) is None


@pytest.mark.parametrize(("read", "absent"), [(boolean, True), (boolean, False), (text, ""), (text, "x")])
def test_nothing_is_the_default_that_is_given(read: Any, absent: Any) -> None:
    assert read(Field(path="a.b", value=None), absent=absent) is absent
    assert read(Unjudged(path="a.b", reason="is not known"), absent=absent) == Unjudged(
        path="a.b", reason="is not known"
    )


@pytest.mark.parametrize(("read", "value", "absent"), [(boolean, False, True), (boolean, True, False), (text, "", "x")])
def test_a_value_goes_before_the_default(read: Any, value: Any, absent: Any) -> None:
    assert read(Field(path="a.b", value=value), absent=absent) is value


@pytest.mark.parametrize("read", _READERS.values(), ids=_READERS.keys())
def test_what_was_not_judged_stays_so(read: Any) -> None:
    unjudged = Unjudged(path="a.b", reason="is not known")
    assert read(unjudged) is unjudged


@pytest.mark.parametrize(
    ("expected", "value", "found"),
    [
        ("a boolean", "true", "a string"),
        ("a boolean", 1, "a number"),
        ("a whole number", True, "a boolean"),
        ("a whole number", "1", "a string"),
        ("a whole number", 0.5, "a number"),
        ("a string", 1, "a number"),
        ("a string", [], "a list"),
        ("a string", {}, "an object"),
    ],
)
def test_values_of_another_type(expected: str, value: Any, found: str) -> None:
    answer = _READERS[expected](Field(path="a.b", value=value))
    assert answer == Unjudged(path="a.b", reason=f"is {found} where {expected} is expected")
