"""What changed between two sets of inputs, and whether that replaces the resource."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.simulator.paths import UNKNOWN, covers, generic, join
from sandbox.simulator.rules import Immutable

Kind = Literal["add", "delete", "update"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One changed property; `reference` says why it replaces the resource, None when it does not."""

    path: str
    kind: Kind
    reference: str | None = None


def changes(
    old: dict[str, Any], new: dict[str, Any], *, immutables: Iterable[Immutable], sets: Iterable[str]
) -> list[Change]:
    """The differences by property path. Lists that are sets compare without order; null is absent."""
    found = []
    rules = list(immutables)
    for path, before, after in _compare(old, new, "", frozenset(sets)):
        kind: Kind = "add" if before is None else "delete" if after is None else "update"
        reference = next((r.reference for r in rules if covers(r.path, path) and _applies(r, before, after)), None)
        found.append(Change(path=path, kind=kind, reference=reference))
    return found


def _compare(old: Any, new: Any, path: str, sets: frozenset[str]) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, dict | None) and isinstance(new, dict | None) and (old or new):
        if path and (old is None or new is None):
            yield path, old, new
        old, new = old or {}, new or {}
        for key in sorted({*old, *new}):
            yield from _compare(old.get(key), new.get(key), join(path, key), sets)
    elif isinstance(old, list) and isinstance(new, list):
        if generic(path) in sets:
            old, new = sorted(old, key=_order), sorted(new, key=_order)
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else None
            after = new[index] if index < len(new) else None
            yield from _compare(before, after, join(path, index), sets)
    elif old is UNKNOWN or new is UNKNOWN or _differ(old, new):
        yield path, old, new


def _differ(old: Any, new: Any) -> bool:
    return old != new or isinstance(old, bool) != isinstance(new, bool)


def _order(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def _applies(rule: Immutable, before: Any, after: Any) -> bool:
    if rule.when == "once-set":
        return before not in (None, "")
    if rule.when == "on-disable":
        return before is True and after is not True
    if rule.when == "on-shrink":
        return not _holds(after, before)
    return True


def _holds(wider: Any, narrower: Any) -> bool:
    try:
        return ipaddress.ip_network(narrower).subnet_of(ipaddress.ip_network(wider))  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return False
