"""What a program may give: names made up where none is given, and every rule that its inputs can break."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from sandbox.simulator.catalogue import Entry
from sandbox.simulator.check import Problem, problems
from sandbox.simulator.paths import UNKNOWN, find, first
from sandbox.simulator.rules import Autoname, Conflict, Keyed, Needed, OneOf, Pattern, Required

_SUFFIX = 7


def named(entry: Entry, name: str, given: dict[str, Any], old: dict[str, Any], seed: bytes) -> dict[str, Any]:
    """`given` without nulls, and with the name that the official provider makes up: `<Pulumi name>-<7 hex digits>`.

    `old` are the previous inputs: a name once made up is kept.
    """
    inputs = {key: value for key, value in given.items() if value is not None and not key.startswith("__")}
    rule = entry.row.autoname
    if rule is None or rule.property in inputs or "namePrefix" in inputs:
        return inputs
    kept = old.get(rule.property)
    if not (isinstance(kept, str) and made_up(rule, name, kept)):
        stem = name.lower()[: rule.longest - _SUFFIX - 1]
        kept = f"{stem}-{hashlib.sha256(seed or name.encode()).hexdigest()[:_SUFFIX]}"
    return {**inputs, rule.property: kept}


def made_up(rule: Autoname, name: str, value: str) -> bool:
    """Whether `value` is a name that `named` made up for the Pulumi name `name`."""
    stem = name.lower()[: rule.longest - _SUFFIX - 1]
    return re.fullmatch(rf"{re.escape(stem)}-[0-9a-f]{{{_SUFFIX}}}", value) is not None


def refusals(entry: Entry, inputs: dict[str, Any]) -> list[Problem]:
    """Everything that is wrong with the inputs; unknown values pass."""
    found = list(problems(entry.types, entry.schema.inputs, inputs))
    for conflict in entry.conflicts:
        found.extend(_conflicting(conflict, inputs))
    for rule in entry.row.required:
        found.extend(_lacking(rule, inputs))
    for choice in entry.row.one_of:
        found.extend(_undecided(choice, inputs))
    for need in entry.row.needed:
        found.extend(_missing(need, inputs))
    for pattern in entry.row.patterns:
        found.extend(_misspelt(pattern, inputs))
    for keyed in entry.row.keyed:
        found.extend(_without_key(keyed, inputs))
    return found


def _conflicting(rule: Conflict, inputs: dict[str, Any]) -> Iterator[Problem]:
    for path, value in find(inputs, rule.path):
        indices = iter(re.findall(r"\[\d+\]", path))
        other = re.sub(r"\[\*\]", lambda _, indices=indices: next(indices), rule.other)  # type: ignore[misc]
        against = first(inputs, other)
        if value is UNKNOWN or against in (None, UNKNOWN) or (rule.both == "true" and not (value and against)):
            continue
        yield Problem(
            path=path,
            reason=f"Conflicting configuration arguments: {path!r} conflicts with {other!r}. ({rule.reference})",
        )


def _lacking(rule: Required, inputs: dict[str, Any]) -> Iterator[Problem]:
    if first(inputs, rule.path) != rule.value:
        return
    items = first(inputs, rule.among)
    if items is UNKNOWN or any(value is UNKNOWN for _, value in find(inputs, f"{rule.among}[*].{rule.by}")):
        return
    have = {value for _, value in find(inputs, f"{rule.among}[*].{rule.by}")}
    for name in rule.names:
        if name not in have:
            yield Problem(path=rule.among, reason=f"no entry has {rule.by} {name!r}. ({rule.reference})")


def _undecided(rule: OneOf, inputs: dict[str, Any]) -> Iterator[Problem]:
    parent = rule.paths[0].rpartition(".")[0]
    if parent and first(inputs, parent) in (None, UNKNOWN):
        return
    values = {path: first(inputs, path) for path in rule.paths}
    given = [path for path, value in values.items() if value not in (None, [], {})]
    if len(given) != 1:
        yield Problem(
            path=rule.paths[0],
            reason=f"exactly one of {', '.join(rule.paths)} must be given, not {len(given)}. ({rule.reference})",
        )


def _missing(rule: Needed, inputs: dict[str, Any]) -> Iterator[Problem]:
    if first(inputs, rule.path) == rule.value and first(inputs, rule.other) is None:
        yield Problem(
            path=rule.other,
            reason=f"{rule.other} is required where {rule.path} is {rule.value!r}. ({rule.reference})",
        )


def _misspelt(rule: Pattern, inputs: dict[str, Any]) -> Iterator[Problem]:
    for path, value in find(inputs, rule.path):
        if isinstance(value, str) and not re.fullmatch(rule.pattern, value):
            yield Problem(path=path, reason=f"{value!r} does not match {rule.pattern}. ({rule.reference})")


def _without_key(rule: Keyed, inputs: dict[str, Any]) -> Iterator[Problem]:
    keys = first(inputs, rule.keys) or {}
    for path, value in find(inputs, rule.path):
        if UNKNOWN not in (keys, value) and value not in keys:
            yield Problem(path=path, reason=f"{value!r} is no key of {rule.keys}. ({rule.reference})")


def observed(written: dict[str, Any], inputs: dict[str, Any], outputs: dict[str, Any], sets: tuple[str, ...]) -> Any:
    """`inputs` with what the cloud says now, at the paths that the program gave and nowhere else.

    `written` are the inputs in Google's form: where the cloud still holds them, the program's own spelling stays.
    """
    return _observed(written, inputs, outputs, "", sets)


def _observed(written: Any, given: Any, actual: Any, path: str, sets: tuple[str, ...]) -> Any:
    if isinstance(given, dict) and isinstance(actual, dict) and isinstance(written, dict):
        below = {
            key: _observed(written.get(key), value, actual.get(key), f"{path}.{key}" if path else key, sets)
            for key, value in given.items()
        }
        return {key: value for key, value in below.items() if value is not None}
    if path in sets and isinstance(actual, list) and isinstance(written, list):
        same = sorted(map(repr, actual)) == sorted(map(repr, written))
    else:
        same = actual == written
    return given if same else actual
