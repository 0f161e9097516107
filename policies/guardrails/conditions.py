"""Values that a rule turns on, and outcomes that hang on conditions, some of which nobody can judge yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from guardrails.control import Finding, Outcome, Unjudged
from guardrails.fields import Field
from guardrails.scalars import boolean

Condition: TypeAlias = bool | Unjudged
"""Whether something holds, or the field that leaves it open."""


def under(conditions: Iterable[Condition], outcomes: Iterable[Finding | Unjudged]) -> Iterator[Finding | Unjudged]:
    """The outcomes, where every condition holds.

    Nothing where one does not. Where some are open, these are what could not be judged, if there are outcomes at all:
    a field that cannot make a difference is not worth a word.
    """
    conditions = list(conditions)
    if any(condition is False for condition in conditions):
        return
    reported = list(outcomes)
    unjudged = [condition for condition in conditions if isinstance(condition, Unjudged)]
    yield from unjudged if unjudged and reported else reported


def holds(field: Field | Unjudged, *values: object) -> Condition:
    """Whether the field has one of the values; `None` among them stands for an absent field."""
    return field if isinstance(field, Unjudged) else field.value in values


def negated(value: bool | Unjudged) -> bool | Unjudged:
    """The opposite, as unknown as the value is."""
    return value if isinstance(value, Unjudged) else not value


def unless(exempt: Condition, outcomes: Iterable[Finding | Unjudged]) -> Iterator[Finding | Unjudged]:
    """The outcomes, or none of them where `exempt` is true."""
    return under([negated(exempt)], outcomes)


def must_be(
    wanted: bool, field: Field | Unjudged, *, absent: bool, otherwise: str, allowed: str = "", fix: str = ""
) -> Iterator[Outcome]:
    """One finding where the field, or its default `absent`, is the other way.

    `otherwise` is a clause that says what that does. `allowed` and `fix` go without saying for most.
    """
    value = boolean(field, absent=absent)
    if isinstance(value, Unjudged):
        yield value
    elif value is not wanted and isinstance(field, Field):
        default = absent is wanted
        yield Finding(
            path=field.path,
            found=f"{'nothing, which means ' if field.value is None else ''}{_word(value)}: {otherwise}",
            allowed=allowed or f"{_word(wanted)}{', which is the default' if default else ''}",
            fix=fix or f"set it to {_word(wanted)}{' or leave it out' if default else ''}",
        )


def _word(value: bool) -> str:
    return "true" if value else "false"
