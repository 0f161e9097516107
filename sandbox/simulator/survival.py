"""What a deletion leaves in the cloud: key rings and keys, and APIs that are not to be disabled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.simulator.catalogue import rows
from sandbox.simulator.paths import first, replaced
from sandbox.simulator.rules import Row
from sandbox.simulator.store import Record


def survives(row: Row, record: Record) -> bool:
    """Whether a deletion of `record` only takes it out of the state."""
    rule = row.survives
    return rule is not None and (rule.path is None or first(record.outputs, rule.path) == rule.value)


def outlives_its_stack(record: Record) -> bool:
    """Whether `record` is there on purpose after everything was destroyed.

    A key that nobody deleted is not: it fell out of the state, and its versions are paid for.
    """
    row = rows().get(record.type)
    return row is not None and survives(row, record) and left_behind(row, record) == record


def left_behind(row: Row, record: Record) -> Record:
    """`record` as its deletion leaves it."""
    outputs: dict[str, Any] = record.outputs
    for path, value in row.survives.left.items() if row.survives else ():
        outputs = replaced(outputs, path, lambda _, value=value: value)
    return replace(record, outputs=outputs)
