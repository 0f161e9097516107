"""The conditions of `pulumi.com/waitFor`: `jsonpath={.status.phase}=Running` and `condition=Ready=True`.

Of JSONPath this is what `kubectl wait` itself is documented with: fields, quoted fields, indices and `[*]`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.plugins.kubernetes.values import Json, Object, at

_STEP = re.compile(r"\.((?:[A-Za-z0-9_\-/]|\\\.)+)|\[(\d+)\]|\[(\*)\]|\[['\"]([^'\"]+)['\"]\]")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One thing to wait for. `wanted` None means that any value will do. `steps` None means a status condition."""

    text: str
    wanted: str | None
    steps: tuple[str | int, ...] | None = None
    type: str = ""

    def holds(self, obj: Object) -> bool:
        """Whether `obj` satisfies the condition."""
        if self.steps is None:
            for entry in at(obj, "status", "conditions", default=[]):
                if str(entry.get("type", "")).lower() == self.type.lower():
                    return str(entry.get("status", "")).lower() == (self.wanted or "true").lower()
            return False
        found = _select(obj, self.steps)
        if self.wanted is None:
            return bool(found)
        return bool(found) and all(_text(value) == self.wanted for value in found)


def parse_condition(text: str) -> Condition:
    """Raises ValueError that quotes what was not understood."""
    head, _, rest = text.strip().partition("=")
    if head == "condition":
        kind, _, status = rest.partition("=")
        if not kind:
            raise ValueError(f"'{text}' names no condition")
        return Condition(text=text, type=kind, wanted=status or None)
    if head != "jsonpath":
        raise ValueError(f"'{text}' starts with neither 'jsonpath=' nor 'condition='")
    inside, braces, wanted = _split(rest)
    if not braces:
        raise ValueError(f"'{text}': the path must be in braces, as in jsonpath={{.status.phase}}=Running")
    return Condition(text=text, wanted=wanted, steps=_steps(inside, text))


def _split(rest: str) -> tuple[str, bool, str | None]:
    if not rest.startswith("{") or "}" not in rest:
        return rest, False, None
    inside, _, tail = rest[1:].partition("}")
    if tail and not tail.startswith("="):
        return inside, False, None
    return inside, True, tail[1:].strip("'\"") if tail else None


def _steps(path: str, text: str) -> tuple[str | int, ...]:
    path = path.removeprefix("$")
    path = path if path.startswith((".", "[")) else f".{path}"
    steps: list[str | int] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if not match:
            raise ValueError(f"'{text}': '{path[position:]}' is not understood here (fields, [0], [*] are)")
        field, index, star, quoted = match.groups()
        steps.append(int(index) if index else star or quoted or field.replace("\\.", "."))
        position = match.end()
    return tuple(steps)


def _select(value: Json, steps: tuple[str | int, ...]) -> list[Json]:
    values = [value]
    for step in steps:
        if step == "*":
            values = [item for one in values for item in (one.values() if isinstance(one, dict) else one or [])]
        else:
            values = [found for one in values if (found := at(one, step)) is not None]
    return values


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
