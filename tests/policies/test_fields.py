"""Reading fields by path."""

from __future__ import annotations

import pytest
from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.plain import UNKNOWN, Plain

_ROOT = Field(
    path="",
    value={
        "spec": {"replicas": 2, "names": ["a", None, UNKNOWN], "later": UNKNOWN, "nothing": None},
        "metadata": {"annotations": {"example.com/owner": "team"}},
    },
)


@pytest.mark.parametrize(
    ("keys", "path", "value"),
    [
        ((), "", _ROOT.value),
        (("spec", "replicas"), "spec.replicas", 2),
        (("metadata", "annotations", "example.com/owner"), 'metadata.annotations["example.com/owner"]', "team"),
        (("spec", "absent"), "spec.absent", None),
        (("spec", "absent", "below"), "spec.absent.below", None),
        (("spec", "nothing", "below"), "spec.nothing.below", None),
    ],
)
def test_at_finds_what_is_known(keys: tuple[str, ...], path: str, value: Plain) -> None:
    assert _ROOT.at(*keys) == Field(path=path, value=value)


@pytest.mark.parametrize(
    ("keys", "path", "reason"),
    [
        (("spec", "later"), "spec.later", "not known"),
        (("spec", "later", "below"), "spec.later", "not known"),
        (("spec", "replicas", "below"), "spec.replicas", "is a number where an object is expected"),
        (("spec", "names", "below"), "spec.names", "is a list where an object is expected"),
    ],
)
def test_at_says_where_the_way_ends(keys: tuple[str, ...], path: str, reason: str) -> None:
    outcome = _ROOT.at(*keys)
    assert isinstance(outcome, Unjudged)
    assert outcome.path == path
    assert reason in outcome.reason


def test_object_at_refuses_what_is_no_object() -> None:
    assert _ROOT.object_at("spec") == _ROOT.at("spec")
    assert _ROOT.object_at("spec", "absent") == Field(path="spec.absent", value=None)
    outcome = _ROOT.object_at("spec", "replicas")
    assert outcome == Unjudged(path="spec.replicas", reason="is a number where an object is expected")


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        (None, []),
        ([], []),
        (["a", None, UNKNOWN], [("[0]", "Field"), ("[1]", "Field"), ("[2]", "Unjudged")]),
        ("text", [("", "Unjudged")]),
        ({"a": 1}, [("", "Unjudged")]),
    ],
)
def test_elements_are_told_one_by_one(value: Plain, kinds: list[tuple[str, str]]) -> None:
    elements = list(Field(path="spec", value=value).elements())
    assert [element.path for element in elements] == [f"spec{path}" for path, _ in kinds]
    assert [type(element).__name__ for element in elements] == [kind for _, kind in kinds]
