"""The engine's events as plain facts, for whoever listens and for whoever judges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pulumi.automation.events import EngineEvent, OpType, PolicyEvent

from operations.adapters.listener import Listener
from operations.adapters.notes import is_of_mandatory, kind_of
from operations.facts import STATEFUL_SET, Action, Failure, Operation, Run, Violation
from operations.judgement import MANDATORY, Kind
from operations.printable import printable

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
        self.packs: frozenset[str] = frozenset()
        """The policy packs that judged the run, as the engine names them at its end."""
        self.fault: Exception | None = None
        """Why the record is not whole. The Automation API takes what is raised here for a reason to warn."""

    def hear(self, event: EngineEvent) -> None:
        """Takes one event."""
        try:
            self._take(event)
        except Exception as error:
            self.fault = self.fault or error
            raise

    def _take(self, event: EngineEvent) -> None:
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
            self.violations.append(violation_of(policy))
        elif (diagnostic := event.diagnostic_event) is not None and diagnostic.severity == "error":
            failure = Failure(urn=diagnostic.urn or "", message=plain(diagnostic.message))
            if failure.message and not any(repeats(failure, known) for known in self.failures):
                self.failures.append(failure)
                self.listener.failed(failure)
        elif event.summary_event is not None:
            self.packs = frozenset(event.summary_event.policy_packs)

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
    operation = Operation(
        urn=metadata.urn,
        action=ACTIONS.get(metadata.op, Action.OTHER),
        paths=forcing + tuple(path for path in differing if path not in forcing),
        forced_by=forcing,
    )
    # What everything is made of, for a thousand nodes, would only be kept to be thrown away.
    if operation.action is Action.DELETE and metadata.old is not None:
        operation = replace(operation, held=metadata.old.outputs or {})
    if operation.type != STATEFUL_SET:
        return operation
    return replace(operation, before=inputs_of(metadata.old), after=inputs_of(metadata.new))


def inputs_of(side: Any) -> Mapping[str, Any]:
    """The inputs on one side of a step; empty where there is no such side."""
    return (side.inputs if side is not None else None) or {}


def violation_of(event: PolicyEvent) -> Violation:
    """What a policy said. What stops a run is a violation, however it is worded."""
    message = plain(event.message)
    stops = event.enforcement_level == MANDATORY
    return Violation(
        policy=event.policy_name,
        level=event.enforcement_level,
        urn=event.resource_urn or "",
        message=message,
        kind=Kind.FINDING if stops else kind_of(message),
        insists=not stops and is_of_mandatory(message),
    )


def deletes_what_was_replaced(metadata: Any) -> bool:
    """Whether the step deletes a resource whose replacement exists: the state has marked it for deletion by then.

    The same step on a resource without the mark begins a replacement that deletes first.
    """
    return metadata.op == OpType.DELETE_REPLACED and metadata.old is not None and bool(metadata.old.delete)


def with_reasons(operation: Operation, earlier: Operation | None) -> Operation:
    """The operation with the paths and new inputs of an earlier step on the same resource, where it has none itself.

    A replacement is three steps in either order, and the one that deletes the old resource does not say why.
    """
    if earlier is None:
        return operation
    told = operation if operation.paths else earlier
    return replace(
        operation,
        paths=told.paths,
        forced_by=told.forced_by,
        after=operation.after or earlier.after,
    )


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
    """An event's text without the engine's colour directives, or anybody's."""
    return printable(MARKUP.sub("", text).strip())
