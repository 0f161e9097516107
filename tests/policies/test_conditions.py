"""What an unknown value does to a verdict."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from guardrails.conditions import Condition, holds, must_be, negated, under, unless
from guardrails.control import Finding, Outcome, Unjudged
from guardrails.fields import Field
from guardrails.plain import Plain

_DOUBT = Unjudged(path="doubt", reason="is not known")
_FINDING = Finding(path="p", found="f", allowed="a", fix="x")


def _field(value: Plain) -> Field:
    return Field(path="p", value=value)


def test_doubt_is_passed_on() -> None:
    assert negated(_DOUBT) is _DOUBT
    assert list(must_be(True, _DOUBT, absent=False, otherwise="it breaks")) == [_DOUBT]


@pytest.mark.parametrize(
    ("exempt", "outcomes", "left"),
    [
        (True, [_FINDING], []),
        (False, [_FINDING, _DOUBT], [_FINDING, _DOUBT]),
        (_DOUBT, [_FINDING, _FINDING], [_DOUBT]),
        (_DOUBT, [], []),
    ],
)
def test_unless(exempt: bool | Unjudged, outcomes: Iterable[Outcome], left: list[Outcome]) -> None:
    assert list(unless(exempt, outcomes)) == left


@pytest.mark.parametrize(
    ("value", "absent", "found", "allowed", "fix"),
    [
        (False, True, "false: it breaks", "true, which is the default", "set it to true or leave it out"),
        (False, False, "false: it breaks", "true", "set it to true"),
        (None, False, "nothing, which means false: it breaks", "true", "set it to true"),
    ],
)
def test_must_be_says_what_it_found(value: Plain, absent: bool, found: str, allowed: str, fix: str) -> None:
    outcomes = must_be(True, _field(value), absent=absent, otherwise="it breaks")
    assert list(outcomes) == [Finding(path="p", found=found, allowed=allowed, fix=fix)]


def test_must_be_takes_other_words() -> None:
    outcomes = must_be(False, _field(True), absent=False, otherwise="it breaks", allowed="a", fix="x")
    assert list(outcomes) == [Finding(path="p", found="true: it breaks", allowed="a", fix="x")]


@pytest.mark.parametrize(("value", "absent"), [(True, False), (None, True)])
def test_must_be_is_content_with_the_value_or_the_default(value: Plain, absent: bool) -> None:
    assert list(must_be(True, _field(value), absent=absent, otherwise="it breaks")) == []


FINDING = Finding(path="spec", found="a", allowed="b", fix="c")
OPEN = Unjudged(path="spec.type", reason="is not known")
OTHER = Unjudged(path="spec.class", reason="is not known")


@pytest.mark.parametrize(
    ("conditions", "outcomes", "reported"),
    [
        ([], [FINDING], [FINDING]),
        ([True], [FINDING, OTHER], [FINDING, OTHER]),
        ([False], [FINDING], []),
        ([OPEN, False], [FINDING], []),
        ([OPEN, True, OTHER], [FINDING, FINDING], [OPEN, OTHER]),
        ([OPEN], [OTHER], [OPEN]),
        ([OPEN], [], []),
        ([True], [], []),
    ],
)
def test_what_is_reported(
    conditions: list[Condition], outcomes: list[Finding | Unjudged], reported: list[Finding | Unjudged]
) -> None:
    assert list(under(conditions, outcomes)) == reported


def test_outcomes_are_not_looked_for_where_a_condition_fails() -> None:
    def outcomes() -> list[Finding]:
        raise AssertionError

    assert list(under([False], (outcome for _ in [0] for outcome in outcomes()))) == []


def test_holds() -> None:
    assert holds(Field(path="spec.type", value="LoadBalancer"), "LoadBalancer") is True
    assert holds(Field(path="spec.type", value=None), "LoadBalancer") is False
    assert holds(Field(path="spec.type", value=None), None, "") is True
    assert holds(OPEN, None) is OPEN
