"""Checks a program's inputs against pulumi_gcp's own types."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.simulator.docstrings import allowed_values
from sandbox.simulator.paths import UNKNOWN, join
from sandbox.simulator.schema import Properties, Schema, Type

_WORDS = {"string": "a string", "boolean": "a boolean", "integer": "a whole number", "number": "a number"}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong at one property path of the inputs."""

    path: str
    reason: str


def problems(schema: Schema, properties: Properties, value: dict[str, Any], path: str = "") -> Iterator[Problem]:
    """What pulumi_gcp's types say against `value`: unknown, missing and mistyped properties, values not listed.

    Unknown values (UNKNOWN) pass, null counts as absent.
    """
    for name, item in value.items():
        place = join(path, name)
        if name not in properties:
            yield Problem(path=place, reason=f"Invalid or unknown key {name!r}.{_suggestion(name, properties)}")
        elif item is not None and item is not UNKNOWN:
            yield from _wrong(schema, properties[name].type, item, place)
            allowed = allowed_values(properties[name].doc)
            if allowed and isinstance(item, str) and item not in allowed:
                yield Problem(path=place, reason=f"expected one of {', '.join(allowed)}, got {item!r}")
    for name, wanted in properties.items():
        if wanted.required and value.get(name) is None:
            yield Problem(path=join(path, name), reason=f"Missing required property {name!r}")


def _wrong(schema: Schema, wanted: Type, value: Any, path: str) -> Iterator[Problem]:
    if value is None or value is UNKNOWN or wanted.kind == "any":
        return
    if wanted.kind == "list":
        if not isinstance(value, list):
            yield Problem(path=path, reason=f"expected a list, got {_shown(value)}")
            return
        for index, item in enumerate(value):
            yield from _wrong(schema, wanted.items or wanted, item, join(path, index))
    elif wanted.kind in ("map", "object"):
        if not isinstance(value, dict):
            yield Problem(path=path, reason=f"expected an object, got {_shown(value)}")
        elif wanted.kind == "object" and wanted.class_name:
            yield from problems(schema, schema.fields(wanted.class_name), value, path)
        else:
            for key, item in value.items():
                yield from _wrong(schema, wanted.items or wanted, item, join(path, key))
    elif not _fits(wanted.kind, value):
        yield Problem(path=path, reason=f"expected {_WORDS[wanted.kind]}, got {_shown(value)}")


def _fits(kind: str, value: Any) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole or (kind == "number" and isinstance(value, float))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    kind = "boolean" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"
    return f"the {kind} {value!r}"


def _suggestion(name: str, properties: Properties) -> str:
    near = difflib.get_close_matches(name, properties, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
