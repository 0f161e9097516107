"""How messages show values."""

from __future__ import annotations

import pytest
from guardrails.plain import UNKNOWN, Plain, SecretText, quoted, type_name


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'),
        ('say "a"\n\x1b[31m', '"say \\"a\\"\\n\\u001b[31m"'),
        (1, "1"),
        (True, "true"),
        (None, "null"),
        ([1], "a list"),
        ({"a": 1}, "an object"),
        (UNKNOWN, "not known"),
        (SecretText("hunter2"), "a secret"),
        ("x" * 1000, f'"{"x" * 199}... (1002 characters)'),
    ],
)
def test_quoted_is_one_short_printable_line(value: Plain, text: str) -> None:
    assert quoted(value) == text


@pytest.mark.parametrize(
    ("value", "name"), [(True, "a boolean"), (1, "a number"), (1.5, "a number"), ("", "a string"), (None, "null")]
)
def test_type_name_is_jsons(value: Plain, name: str) -> None:
    assert type_name(value) == name
