"""Kubernetes label selectors against labels, where either may be known in part only.

The meaning is that of `LabelSelectorAsSelector` in apimachinery's pkg/apis/meta/v1/helpers.go and of
`Requirement.Matches` in pkg/labels/selector.go, v0.36.3:
https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors

An absent selector matches nothing, an empty one everything. (policy/v1beta1, gone since Kubernetes 1.25, had empty
selectors match nothing.) All requirements must hold, so one that is known not to hold decides, whatever is unknown in
the others. What the API server would refuse, such as an operator that does not exist, counts as unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from guardrails.control import Unjudged
from guardrails.fields import Field


class Side(Enum):
    """Where the field is that would have to be known: with whoever selects, or with whatever is selected."""

    SELECTOR = "selector"
    LABELS = "labels"


@dataclass(frozen=True, kw_only=True)
class Undecided:
    """Neither a match nor none. `unjudged` is the first field that stands in the way, on the resource of `side`."""

    side: Side
    unjudged: Unjudged


Match: TypeAlias = bool | Undecided
Read: TypeAlias = Field | Unjudged

_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist")


def matches(selector: Read, labels: Read) -> Match:
    """Whether a LabelSelector (`matchLabels` and `matchExpressions`) selects what has these `metadata.labels`."""
    if isinstance(selector, Unjudged):
        return _unclear(selector)
    if selector.value is None:
        return False
    return _all(_requirements(selector, labels))


def matches_map(selector: Read, labels: Read) -> Match:
    """Whether a plain map of labels, as Services and ReplicationControllers have it, selects what has these labels.

    Absent and empty are one there, and match nothing.
    """
    if isinstance(selector, Unjudged):
        return _unclear(selector)
    if selector.value is None or selector.value == {}:
        return False
    return _all(_equal(selector, labels))


def _requirements(selector: Field, labels: Read) -> Iterator[Match]:
    pairs = selector.at("matchLabels")
    if isinstance(pairs, Unjudged):
        yield _unclear(pairs)
    else:
        yield from _equal(pairs, labels)
    expressions = selector.at("matchExpressions")
    for expression in [expressions] if isinstance(expressions, Unjudged) else expressions.elements():
        yield _expression(expression, labels)


def _equal(pairs: Field, labels: Read) -> Iterator[Match]:
    if not isinstance(pairs.value, dict | None):
        yield _unclear(pairs.malformed("an object"))
    for key in pairs.value if isinstance(pairs.value, dict) else ():
        wanted = pairs.at(key)
        if isinstance(wanted, Field) and not isinstance(wanted.value, str):
            wanted = wanted.malformed("a string")
        yield _is_one_of(labels, key, [wanted])


def _expression(expression: Read, labels: Read) -> Match:
    operator = expression if isinstance(expression, Unjudged) else expression.at("operator")
    key = expression if isinstance(expression, Unjudged) else expression.at("key")
    if isinstance(expression, Unjudged) or isinstance(operator, Unjudged) or isinstance(key, Unjudged):
        return _unclear(next(one for one in (expression, operator, key) if isinstance(one, Unjudged)))
    if not isinstance(key.value, str):
        return _unclear(key.malformed("a string"))
    if operator.value not in _OPERATORS:
        return _unclear(Unjudged(path=operator.path, reason=f"is none of {', '.join(_OPERATORS)}"))
    values = expression.at("values")
    wanted: list[Read] = [values] if isinstance(values, Unjudged) else [_text(value) for value in values.elements()]
    takes_values = operator.value in ("In", "NotIn")
    if takes_values != bool(wanted):
        needs = "needs values" if takes_values else "takes no values"
        return _unclear(Unjudged(path=values.path, reason=f"does not fit the operator {operator.value}, which {needs}"))
    holds = _is_one_of(labels, key.value, wanted) if takes_values else _exists(labels, key.value)
    return holds if isinstance(holds, Undecided) or operator.value in ("In", "Exists") else not holds


def _text(value: Read) -> Read:
    if isinstance(value, Field) and not isinstance(value.value, str):
        return value.malformed("a string")
    return value


def _label(labels: Read, key: str) -> Read:
    label = labels if isinstance(labels, Unjudged) else labels.at(key)
    if isinstance(label, Field) and not isinstance(label.value, str | None):
        return label.malformed("a string")
    return label


def _exists(labels: Read, key: str) -> Match:
    label = _label(labels, key)
    return Undecided(side=Side.LABELS, unjudged=label) if isinstance(label, Unjudged) else label.value is not None


def _is_one_of(labels: Read, key: str, wanted: list[Read]) -> Match:
    label = _label(labels, key)
    if isinstance(label, Unjudged):
        return Undecided(side=Side.LABELS, unjudged=label)
    if label.value is None:
        return False
    if any(isinstance(one, Field) and one.value == label.value for one in wanted):
        return True
    unclear = next((one for one in wanted if isinstance(one, Unjudged)), None)
    return _unclear(unclear) if unclear else False


def _all(requirements: Iterable[Match]) -> Match:
    undecided: Undecided | None = None
    for holds in requirements:
        if holds is False:
            return False
        if isinstance(holds, Undecided):
            undecided = undecided or holds
    return undecided or True


def _unclear(unjudged: Unjudged) -> Undecided:
    return Undecided(side=Side.SELECTOR, unjudged=unjudged)
