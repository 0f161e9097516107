"""The engine's events as plain facts, for whoever listens and for whoever judges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from pulumi.automation.events import EngineEvent, OpType

from operations.facts import Action, Failure, Operation, Run, Violation

ACTIONS: Mapping[OpType, Action] = {
    OpType.SAME: Action.SAME,
    OpType.CREATE: Action.CREATE,
    OpType.UPDATE: Action.UPDATE,
    OpType.DELETE: Action.DELETE,
    OpType.REPLACE: Action.REPLACE,
    OpType.CREATE_REPLACEMENT: Action.REPLACE,
    OpType.DELETE_REPLACED: Action.REPLACE,
    OpType.IMPORT_REPLACEMENT: Action.REPLACE,
    OpType.READ: Action.SAME,
    OpType.IMPORT: Action.IMPORT,
    OpType.REFRESH: Action.SAME,
}
MARKUP = re.compile(r"<\{%[^%]*%\}>")
"""The engine's colour directives, which it leaves in event texts."""


class Listener(Protocol):
    """Hears of a run while it goes on."""

    def began(self, operation: Operation) -> None:
        """The engine began an operation."""

    def ended(self, operation: Operation) -> None:
        """The engine finished an operation."""

    def failed(self, failure: Failure) -> None:
        """The engine or a plugin reported an error."""

    def waits(self, text: str) -> None:
        """Something outside the engine is waited for."""

    def notes(self, text: str) -> None:
        """Something is worth a line that stays."""


class Recorder:
    """Turns the engine's events into a `Run` and passes them on."""

    def __init__(self, listener: Listener) -> None:
        """Records for one run."""
        self.listener = listener
        self.operations: dict[str, Operation] = {}
        self.deletions: dict[str, Operation] = {}
        """Deletions of what was replaced, in this run or in an earlier one."""
        self.violations: list[Violation] = []
        self.failures: list[Failure] = []

    def hear(self, event: EngineEvent) -> None:
        """Takes one event."""
        if (began := event.resource_pre_event) is not None:
            operation = operation_of(began.metadata)
            if deletes_what_was_replaced(began.metadata):
                self.deletions[operation.urn] = replace(operation, action=Action.CLEAN_UP)
            else:
                self.operations[operation.urn] = with_reasons(operation, self.operations.get(operation.urn))
            self.listener.began(operation)
        elif (ended := event.res_outputs_event) is not None:
            operation = operation_of(ended.metadata)
            self.listener.ended(operation)
            if operation.type == "pulumi:pulumi:Stack" and (outputs := changed_outputs(ended.metadata)):
                self.operations[operation.urn] = replace(operation, action=Action.UPDATE, paths=outputs)
        elif (policy := event.policy_event) is not None:
            self.violations.append(
                Violation(
                    policy=policy.policy_name,
                    level=policy.enforcement_level,
                    urn=policy.resource_urn or "",
                    message=plain(policy.message),
                )
            )
        elif (diagnostic := event.diagnostic_event) is not None and diagnostic.severity == "error":
            failure = Failure(urn=diagnostic.urn or "", message=plain(diagnostic.message))
            if failure.message and not any(repeats(failure, known) for known in self.failures):
                self.failures.append(failure)
                self.listener.failed(failure)

    def run(self, *, succeeded: bool) -> Run:
        """What was heard. A URN comes twice where an earlier run left over what it replaced."""
        replaced = {urn for urn, operation in self.operations.items() if operation.action is Action.REPLACE}
        left_over = tuple(operation for urn, operation in self.deletions.items() if urn not in replaced)
        return Run(
            succeeded=succeeded,
            operations=(*self.operations.values(), *left_over),
            violations=tuple(self.violations),
            failures=tuple(self.failures),
        )


def operation_of(metadata: Any) -> Operation:
    """The plain form of a step's metadata."""
    forcing = tuple(metadata.keys or ())
    differing = tuple(metadata.detailed_diff or metadata.diffs or ())
    return Operation(
        urn=metadata.urn,
        action=ACTIONS.get(metadata.op, Action.OTHER),
        paths=forcing + tuple(path for path in differing if path not in forcing),
        forced_by=forcing,
    )


def deletes_what_was_replaced(metadata: Any) -> bool:
    """Whether the step deletes a resource whose replacement exists: the state has marked it for deletion by then.

    The same step on a resource without the mark begins a replacement that deletes first.
    """
    return metadata.op == OpType.DELETE_REPLACED and metadata.old is not None and bool(metadata.old.delete)


def with_reasons(operation: Operation, earlier: Operation | None) -> Operation:
    """The operation with the paths of an earlier step on the same resource, where it has none itself.

    A replacement is three steps in either order, and the one that deletes the old resource does not say why.
    """
    if earlier is None or operation.paths:
        return operation
    return replace(operation, paths=earlier.paths, forced_by=earlier.forced_by)


def changed_outputs(metadata: Any) -> tuple[str, ...]:
    """The stack's outputs that a run changes. The engine counts that as no change of the stack and tells it last.

    Secret outputs look the same before and after; they follow from resources, whose changes are seen.
    """
    if metadata.op != OpType.SAME or metadata.old is None or metadata.new is None:
        return ()
    old, new = metadata.old.outputs or {}, metadata.new.outputs or {}
    return tuple(sorted(f"outputs.{name}" for name in old.keys() | new.keys() if old.get(name) != new.get(name)))


def repeats(failure: Failure, known: Failure) -> bool:
    """Whether `failure` repeats `known`: the SDK logs what a program raises and returns it, with words in front."""
    return failure.message.endswith(known.message) and (failure.urn == known.urn or not (failure.urn and known.urn))


def plain(text: str) -> str:
    """An event's text without the engine's colour directives."""
    return MARKUP.sub("", text).strip()
