"""Failures on demand, for tests: `faults.json` beside the store says which operation fails, how, and how often."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.layout import Layout
from sandbox.simulator import errors
from sandbox.simulator.rules import Row
from sandbox.simulator.store import Store

OPERATIONS = ("create", "read", "update", "delete")
ERRORS = ("permission-denied", "quota-exceeded", "timeout")
_VERBS = {"read": "get"}


class FaultsMalformed(errors.Refused):
    """faults.json does not say what to fail. The message says what it must hold."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} is malformed: {reason}. It must be a list of objects with `type` (a type token or *), `operation` "
            f"({', '.join(OPERATIONS)}), `error` ({', '.join(ERRORS)}) and, if it should stop some time, `times` "
            f"(a whole number above 0). Correct it or remove it."
        )


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One failure to inject; `times` None is every time."""

    type: str
    operation: str
    error: str
    times: int | None = None

    def matches(self, type: str, operation: str) -> bool:
        """Whether this operation is to fail."""
        return self.type in ("*", type) and self.operation == operation and self.times != 0


def path(layout: Layout) -> Path:
    """Where the faults stand."""
    return layout.simulator / "faults.json"


def strike(layout: Layout, store: Store, row: Row, operation: str, id: str, region: str | None) -> None:
    """Raise the failure that faults.json asks for, if it asks for one, and count it. Raises FaultsMalformed."""
    file = path(layout)
    if not file.exists():
        return
    with store.exclusive():
        faults = _read(file)
        chosen = next((f for f in faults if f.matches(row.token, operation)), None)
        if chosen is None:
            return
        if chosen.times is not None:
            _count(file, faults, chosen)
    if chosen.error == "permission-denied":
        permission = row.permission
        if permission.count(".") == 1:
            permission = f"{permission}.{_VERBS.get(operation, operation)}"
        raise errors.forbidden(permission, id)
    if chosen.error == "quota-exceeded":
        raise errors.quota("SSD_TOTAL_GB", 500, region)
    raise errors.timed_out(operation, row.article)


def _count(file: Path, faults: list[Fault], chosen: Fault) -> None:
    left = [
        {k: v for k, v in vars(f).items() if v is not None}
        | ({"times": f.times - 1} if f is chosen and f.times else {})
        for f in faults
    ]
    temporary = file.with_suffix(".new")
    temporary.write_text(json.dumps(left, indent=1), encoding="utf-8")
    temporary.replace(file)


def _read(file: Path) -> list[Fault]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise FaultsMalformed(file, str(error)) from None
    if not isinstance(found, list):
        raise FaultsMalformed(file, "it is not a list")
    return [_fault(file, index, item) for index, item in enumerate(found)]


def _fault(file: Path, index: int, item: Any) -> Fault:
    if not isinstance(item, dict) or not {"type", "operation", "error"} <= set(item) <= {
        "type",
        "operation",
        "error",
        "times",
    }:
        raise FaultsMalformed(file, f"entry {index} has not the right keys")
    if item["operation"] not in OPERATIONS:
        raise FaultsMalformed(file, f"entry {index} has the operation {item['operation']!r}")
    if item["error"] not in ERRORS:
        raise FaultsMalformed(file, f"entry {index} has the error {item['error']!r}")
    times = item.get("times")
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 0):
        raise FaultsMalformed(file, f"entry {index} has times {times!r}")
    return Fault(**item)
