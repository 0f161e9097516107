"""A resource's outputs: what the program gave, in Google's form, over what Google fills in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.simulator.catalogue import Entry
from sandbox.simulator.facts import FACTS, IDENTITY, VOLATILE, Asked, fact
from sandbox.simulator.identity import fill
from sandbox.simulator.paths import UNKNOWN, first, join, leaves, overlaid, replaced
from sandbox.simulator.rules import Row

Resolve = Callable[[str, Any], Any]


def outputs(entry: Entry, asked: Asked, previous: dict[str, Any] | None = None) -> dict[str, Any]:
    """Every output after a create, or after an update of a resource that had `previous`. Raises errors.Refused."""

    def resolve(path: str, template: Any) -> Any:
        names = _names(template)
        if previous is not None and IDENTITY.intersection(names) and (kept := first(previous, path)) is not None:
            return kept
        return fill(template, {name: fact(name, asked) for name in names}) if names else template

    return _joined(entry.row, asked.inputs, resolve)


def reread(entry: Entry, asked: Asked, found: dict[str, Any]) -> dict[str, Any]:
    """The stored outputs `found` with what may have moved meanwhile. Raises errors.ClusterUnreachable."""
    for path, template in leaves(entry.row.outputs):
        names = _names(template)
        if VOLATILE.intersection(names) and first(found, path) is not None:
            value = fill(template, {name: fact(name, asked) for name in names})
            found = replaced(found, path, lambda _, value=value: value)
    return found


def planned(
    entry: Entry,
    inputs: dict[str, Any],
    place: dict[str, Any],
    previous: tuple[dict[str, Any], dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """What a preview can promise: the rest is UNKNOWN. `previous` are the old inputs and outputs, for an update."""
    old_inputs, old_outputs = previous or ({}, {})

    def resolve(path: str, template: Any) -> Any:
        kept = first(old_outputs, path)
        if kept is not None and first(old_inputs, path) is None:
            return kept
        names = _names(template)
        if any(name in FACTS or name not in place for name in names):
            return UNKNOWN
        return fill(template, place) if names else template

    result = _joined(entry.row, inputs, resolve)
    if previous is None:
        return {**dict.fromkeys(entry.schema.outputs, UNKNOWN), **result}
    return result


def _joined(row: Row, inputs: dict[str, Any], resolve: Resolve) -> dict[str, Any]:
    table: dict[str, Any] = row.outputs
    given = overlaid(table, inputs)
    for conditional in row.conditionals:
        value = first(given, conditional.path)
        if value is not None and conditional.value in (None, value):
            table = overlaid(table, conditional.outputs)
    result: dict[str, Any] = overlaid(_resolved(table, "", resolve, inputs), inputs)
    return result


def _resolved(template: Any, path: str, resolve: Resolve, given: Any) -> Any:
    if isinstance(template, dict) and template:
        return {
            key: _resolved(value, join(path, key), resolve, given.get(key) if isinstance(given, dict) else None)
            for key, value in template.items()
        }
    # What the program gives stands; computing it would be work for nothing, or an error that nobody asked for.
    return given if given is not None else resolve(path, template)


def _names(template: Any) -> list[str]:
    return re.findall(r"\{(\w+)\}", template) if isinstance(template, str) else []
