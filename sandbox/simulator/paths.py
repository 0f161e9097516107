"""Plain values by path (`privateClusterConfig.enablePrivateNodes`, `subnetworks[*].name`), and UNKNOWN."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

Step = str | int


class Unknown:
    """What only an update will tell. There is one instance, UNKNOWN."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __copy__(self) -> Unknown:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Unknown:
        return self


UNKNOWN: Final = Unknown()


def join(path: str, step: Step) -> str:
    """`path` one step further, in the engine's notation for property paths."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if not re.fullmatch(r"[A-Za-z_][\w]*", step):
        escaped = step.replace("\\", "\\\\").replace('"', '\\"')
        return f'{path}["{escaped}"]'
    return f"{path}.{step}" if path else step


def generic(path: str) -> str:
    """`path` with every index replaced: `rules[2].action` becomes `rules[*].action`."""
    return re.sub(r"\[\d+\]", "[*]", path)


def covers(pattern: str, path: str) -> bool:
    """Whether `pattern` names `path`. A pattern that ends in `.**` names the place before it and all below."""
    path = generic(path)
    if pattern.endswith(".**"):
        stem = pattern.removesuffix(".**")
        return path == stem or path.startswith((stem + ".", stem + "["))
    return path == pattern


def find(value: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Every place of `value` that `pattern` names, with what stands there; `[*]` is any element. Null is absent.

    Where an unknown stands in the way, its place is given.
    """
    yield from _find(value, [s for s in re.split(r"\.|(\[(?:\*|\d+)\])", pattern) if s], "")


def _find(value: Any, steps: list[str], path: str) -> Iterator[tuple[str, Any]]:
    if value is None:
        return
    if not steps:
        yield path, value
    elif value is UNKNOWN:
        yield path, UNKNOWN
    elif steps[0] == "[*]":
        for index, item in enumerate(value if isinstance(value, list) else []):
            yield from _find(item, steps[1:], join(path, index))
    elif steps[0].startswith("["):
        index = int(steps[0][1:-1])
        if isinstance(value, list) and index < len(value):
            yield from _find(value[index], steps[1:], join(path, index))
    elif isinstance(value, dict) and steps[0] in value:
        yield from _find(value[steps[0]], steps[1:], join(path, steps[0]))


def first(value: Any, pattern: str) -> Any:
    """What stands at the first place that `pattern` names, or None."""
    return next((found for _, found in find(value, pattern)), None)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar, unknown or empty container of `value` with its path."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, join(path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, join(path, index))
    else:
        yield path, value


def replaced(value: Any, pattern: str, change: Any) -> Any:
    """A copy of `value` in which `change(found)` stands at every place that `pattern` names."""
    return _replaced(value, [s for s in re.split(r"\.|(\[(?:\*|\d+)\])", pattern) if s], change)


def _replaced(value: Any, steps: list[str], change: Any) -> Any:
    if value is None or value is UNKNOWN:
        return value
    if not steps:
        return change(value)
    if steps[0] == "[*]":
        return [_replaced(item, steps[1:], change) for item in value] if isinstance(value, list) else value
    if isinstance(value, dict) and steps[0] in value:
        return {**value, steps[0]: _replaced(value[steps[0]], steps[1:], change)}
    return value


def overlaid(below: Any, above: Any) -> Any:
    """`above` over `below`: objects are joined, everything else (lists too) is taken from `above`. Null is absent."""
    if isinstance(below, dict) and isinstance(above, dict):
        given = {key: value for key, value in above.items() if value is not None}
        return {**below, **{key: overlaid(below.get(key), value) for key, value in given.items()}}
    return below if above is None else above
