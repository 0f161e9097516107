"""How Google writes back what it was given: lists in its own order, values it decides, blocks it does not keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from sandbox.simulator.paths import UNKNOWN, first, overlaid, replaced
from sandbox.simulator.rules import Normalisation, Row

Values = dict[str, Any]
# Labels that Google adds; the official provider hides them (GoogleCloudPlatform/magic-modules#12877).
_GOOGLES_LABELS = "goog-"


def written_back(row: Row, inputs: Values) -> Values:
    """`inputs` as Google's answers show them."""
    return _normalised(row.normalised, inputs)


def compared(row: Row, inputs: Values) -> Values:
    """`inputs` as the official provider compares them: what it knows to be the same is written in one way."""
    return _normalised([rule for rule in row.normalised if rule.compared], inputs)


def appeared(row: Row, seen: Values, outputs: Values) -> Values:
    """The inputs `seen` with what the official provider shows although the program gave only the block around it."""
    for rule in row.normalised:
        block, _, key = rule.path.rpartition(".")
        actual = _own(first(outputs, rule.path))
        if rule.appears and isinstance(first(seen, block), dict) and actual not in (None, [], {}):
            seen = replaced(seen, block, lambda found, key=key, actual=actual: {key: actual, **found})
    return seen


def _own(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if not key.startswith(_GOOGLES_LABELS)}
    return value


def _normalised(rules: Iterable[Normalisation], inputs: Values) -> Values:
    for rule in rules:
        if all(first(inputs, path) == value for path, value in rule.when.items()):
            inputs = _WAYS[rule.how](rule, inputs)
    return inputs


def _in_order(rule: Normalisation, inputs: Values) -> Values:
    order: list[Any] = rule.to or []

    def sort(found: Any) -> Any:
        if not isinstance(found, list) or any(item is UNKNOWN for item in found):
            return found
        return sorted(found, key=lambda item: (order.index(item) if item in order else len(order), item))

    return _at_path(sort)(rule, inputs)


def _fixed(rule: Normalisation, inputs: Values) -> Values:
    value = rule.to
    for key in reversed(rule.path.split(".")):
        value = {key: value}
    result: Values = overlaid(inputs, value)
    return result


def _dropped(rule: Normalisation, inputs: Values) -> Values:
    block, _, last = rule.path.rpartition(".")
    result: Values = replaced(inputs, block, lambda found: {k: v for k, v in found.items() if k != last})
    return result


def _two_digit_hour(value: str) -> str:
    return f"0{value}" if re.fullmatch(r"\d:\d\d", value) else value


def _zulu(value: str) -> str:
    """An instant in UTC, as Google returns it; what is no instant stays for Google to refuse."""
    try:
        return datetime.fromisoformat(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return value


def _quoted(value: str) -> str:
    return value if value.startswith('"') else f'"{value}"'


def _lower_case(member: str) -> str:
    """An IAM member but for its type; principals of identity pools keep their case."""
    kind, separator, name = member.partition(":")
    return member if kind.startswith("principal") else f"{kind}{separator}{name.lower()}"


def _at_path(change: Callable[[Any], Any]) -> Callable[[Normalisation, Values], Values]:
    return lambda rule, inputs: replaced(inputs, rule.path, change)


_WAYS: dict[str, Callable[[Normalisation, Values], Values]] = {
    "in-order": _in_order,
    "renamed": lambda rule, inputs: replaced(inputs, rule.path, lambda found: rule.to.get(found, found)),
    "fixed": _fixed,
    "dropped": _dropped,
    # The row's outputs, sets or references do it already.
    "by-row": lambda _, inputs: inputs,
    "two-digit-hour": _at_path(_two_digit_hour),
    "zulu": _at_path(_zulu),
    "quoted": _at_path(_quoted),
    "lower-case": _at_path(_lower_case),
}
