"""Plain values by path."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.simulator.paths import UNKNOWN, covers, find, first, generic, join, leaves, overlaid, replaced

VALUE: dict[str, Any] = {
    "a": {"b": [{"c": 1}, {"c": 2}, {}]},
    "n": None,
    "u": UNKNOWN,
    "labels": {"with.dot": "x"},
}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("a.b[*].c", [("a.b[0].c", 1), ("a.b[1].c", 2)]),
        ("a.b[1].c", [("a.b[1].c", 2)]),
        ("a.b[9].c", []),
        ("a.x", []),
        ("n", []),
        ("n.m", []),
        ("u.below.it", [("u", UNKNOWN)]),
    ],
)
def test_find(pattern: str, found: list[tuple[str, Any]]) -> None:
    assert list(find(VALUE, pattern)) == found


def test_first_is_none_where_nothing_is() -> None:
    assert first(VALUE, "a.b[*].c") == 1
    assert first(VALUE, "zzz") is None


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.b.c", False),
        ("a.**", "a", True),
        ("a.**", "a.b[0].c", True),
        ("a.**", "a[2]", True),
        ("a.**", "ab", False),
        ("a[*].b", "a[3].b", True),
    ],
)
def test_covers(pattern: str, path: str, expected: bool) -> None:
    assert covers(pattern, path) is expected


def test_notation() -> None:
    assert join("", "a") == "a"
    assert join("a", "with.dot") == 'a["with.dot"]'
    assert join("a", 3) == "a[3]"
    assert generic("a[3].b[0]") == "a[*].b[*]"
    assert ('labels["with.dot"]', "x") in list(leaves(VALUE))


def test_replaced_leaves_the_original_alone() -> None:
    changed = replaced(VALUE, "a.b[*].c", lambda found: found + 10)
    assert [value for _, value in find(changed, "a.b[*].c")] == [11, 12]
    assert [value for _, value in find(VALUE, "a.b[*].c")] == [1, 2]
    assert replaced(VALUE, "u.x", str) == VALUE


def test_overlaid_joins_objects_and_takes_lists_whole() -> None:
    assert overlaid({"a": {"x": 1, "y": 2}, "l": [1, 2]}, {"a": {"y": 3, "z": None}, "l": [9]}) == {
        "a": {"x": 1, "y": 3},
        "l": [9],
    }
