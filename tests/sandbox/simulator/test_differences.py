"""Differences by path, and the rules that make them replacements."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.simulator.differences import Change, changes
from sandbox.simulator.paths import UNKNOWN
from sandbox.simulator.rules import Immutable, When


def paths(old: Any, new: Any, *rules: Immutable, sets: tuple[str, ...] = ()) -> dict[str, tuple[str, bool]]:
    found = changes(old, new, immutables=rules, sets=sets)
    return {change.path: (change.kind, change.reference is not None) for change in found}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 1, "b": None}, {}),
        ({"a": 1}, {"a": 2}, {"a": ("update", False)}),
        ({"a": 1}, {"a": True}, {"a": ("update", False)}),
        ({}, {"a": 1}, {"a": ("add", False)}),
        ({"a": 1}, {}, {"a": ("delete", False)}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, {"a.c": ("update", False)}),
        ({}, {"a": {"b": 1}}, {"a": ("add", False), "a.b": ("add", False)}),
        ({"l": [1, 2]}, {"l": [1, 3, 4]}, {"l[1]": ("update", False), "l[2]": ("add", False)}),
        ({"l": [{"x": 1}]}, {"l": [{"x": 2}]}, {"l[0].x": ("update", False)}),
        ({"a": 1}, {"a": UNKNOWN}, {"a": ("update", False)}),
        ({"m": {"k.l": 1}}, {"m": {"k.l": 2}}, {'m["k.l"]': ("update", False)}),
    ],
)
def test_paths_and_kinds(old: Any, new: Any, expected: dict[str, tuple[str, bool]]) -> None:
    assert paths(old, new) == expected


def rule(path: str, when: When = "always") -> Immutable:
    return Immutable(path=path, when=when, reference="the manual")


@pytest.mark.parametrize(
    ("immutable", "old", "new", "replaces"),
    [
        (rule("a"), {"a": 1}, {"a": 2}, True),
        (rule("a"), {"a": 1}, {"a": UNKNOWN}, True),
        (rule("a"), {"a": {"b": 1}}, {"a": {"b": 2}}, False),
        (rule("a.**"), {"a": {"b": 1}}, {"a": {"b": 2}}, True),
        (rule("a.b"), {}, {"a": {"b": 2}}, True),
        (rule("l[*].x"), {"l": [{"x": 1}]}, {"l": [{"x": 2}]}, True),
        (rule("a", "once-set"), {}, {"a": 1}, False),
        (rule("a", "once-set"), {"a": ""}, {"a": 1}, False),
        (rule("a", "once-set"), {"a": 1}, {"a": 2}, True),
        (rule("a", "on-disable"), {"a": True}, {"a": False}, True),
        (rule("a", "on-disable"), {"a": True}, {}, True),
        (rule("a", "on-disable"), {"a": False}, {"a": True}, False),
        (rule("a", "on-shrink"), {"a": "10.0.0.0/20"}, {"a": "10.0.0.0/16"}, False),
        (rule("a", "on-shrink"), {"a": "10.0.0.0/16"}, {"a": "10.0.0.0/20"}, True),
        (rule("a", "on-shrink"), {"a": "10.0.0.0/16"}, {"a": "10.1.0.0/16"}, True),
        (rule("a", "on-shrink"), {"a": "10.0.0.0/16"}, {"a": UNKNOWN}, True),
    ],
)
def test_what_replaces(immutable: Immutable, old: Any, new: Any, replaces: bool) -> None:
    assert any(replace for _, replace in paths(old, new, immutable).values()) is replaces


def test_sets_compare_without_order() -> None:
    assert paths({"z": ["a", "b"]}, {"z": ["b", "a"]}, sets=("z",)) == {}
    assert paths({"z": ["a", "b"]}, {"z": ["b", "a"]}) != {}
    assert paths({"z": [{"n": 1}, {"n": 2}]}, {"z": [{"n": 2}, {"n": 1}]}, sets=("z",)) == {}


def test_the_reference_of_the_rule_is_kept() -> None:
    assert changes({"a": 1}, {"a": 2}, immutables=[rule("a")], sets=()) == [
        Change(path="a", kind="update", reference="the manual")
    ]
