"""The Pulumi engine, through its Automation API."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pulumi import automation
from pulumi.automation.events import EngineEvent, OpType

from operations.adapters.interruptible import interruptible
from operations.errors import OperationError
from operations.facts import Action, Failure, Operation, PendingOperation, Recovery, Run, StackResource, Violation

ACTIONS: Mapping[OpType, Action] = {
    OpType.SAME: Action.SAME,
    OpType.CREATE: Action.CREATE,
    OpType.UPDATE: Action.UPDATE,
    OpType.DELETE: Action.DELETE,
    OpType.REPLACE: Action.REPLACE,
    OpType.CREATE_REPLACEMENT: Action.REPLACE,
    OpType.DELETE_REPLACED: Action.REPLACE,
    OpType.READ: Action.SAME,
}
T = TypeVar("T")
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


class Recorder:
    """Turns the engine's events into a `Run` and passes them on."""

    def __init__(self, listener: Listener) -> None:
        """Records for one run."""
        self.listener = listener
        self.operations: dict[str, Operation] = {}
        self.violations: list[Violation] = []
        self.failures: list[Failure] = []

    def hear(self, event: EngineEvent) -> None:
        """Takes one event."""
        if (began := event.resource_pre_event) is not None:
            operation = operation_of(began.metadata)
            self.operations[operation.urn] = operation
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
            # The SDK logs what a program raises and returns it too, with words of its own in front.
            if not any(failure.message.endswith(known.message) for known in self.failures):
                self.failures.append(failure)
                self.listener.failed(failure)

    def run(self, *, succeeded: bool) -> Run:
        """What was heard."""
        return Run(
            succeeded=succeeded,
            operations=tuple(self.operations.values()),
            violations=tuple(self.violations),
            failures=tuple(self.failures),
        )


class Engine:
    """One stack on the real engine. Every method runs to its end or raises `OperationError`."""

    def __init__(self, stack: automation.Stack, *, policy_pack: Path) -> None:
        """`policy_pack` is attached to every preview and update: there is no way to run without it."""
        self.stack = stack
        self.policy_pack = str(policy_pack)

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.stack.name

    def preview(self, listener: Listener) -> Run:
        """What an update would do, judged by the policy pack."""
        return self._record(
            listener,
            lambda hear: self.stack.preview(
                policy_packs=[self.policy_pack], on_event=hear, color="never", suppress_outputs=True
            ),
        )

    def up(self, listener: Listener) -> Run:
        """Updates the stack. Callers go through `operations.commands.up`, which previews first."""
        return self._record(
            listener,
            lambda hear: self.stack.up(
                policy_packs=[self.policy_pack], on_event=hear, color="never", suppress_outputs=True
            ),
        )

    def preview_destroy(self, listener: Listener) -> Run:
        """What a destroy would take."""
        return self._record(listener, lambda hear: self.stack.preview_destroy(on_event=hear, color="never"))

    def destroy(self, listener: Listener, *, targets: tuple[str, ...] = ()) -> Run:
        """Destroys `targets` with what depends on them, or everything."""
        return self._record(
            listener,
            lambda hear: self.stack.destroy(
                target=list(targets) or None, target_dependents=bool(targets) or None, on_event=hear, color="never"
            ),
        )

    def resources(self) -> tuple[StackResource, ...]:
        """What the state holds."""
        return tuple(
            StackResource(
                urn=entry["urn"],
                type=entry["type"],
                id=entry.get("id", ""),
                custom=entry.get("custom", False),
                pending_deletion=entry.get("delete", False),
            )
            for entry in self._deployment().get("resources") or []
        )

    def pending(self) -> tuple[PendingOperation, ...]:
        """What an earlier run began and did not finish."""
        return tuple(
            PendingOperation(
                urn=entry["resource"]["urn"],
                kind=entry["type"],
                cloud_name=str((entry["resource"].get("inputs") or {}).get("name", "")),
            )
            for entry in self._deployment().get("pending_operations") or []
        )

    def kubeconfig(self) -> str | None:
        """The kubeconfig that the stack's own Kubernetes provider uses; None before there is one.

        Taken from the provider, not from the stack's outputs: outputs are missing after an update that failed midway.
        """
        for entry in self._deployment().get("resources") or []:
            if entry["type"] == "pulumi:providers:kubernetes":
                value = (entry.get("inputs") or {}).get("kubeconfig")
                if isinstance(value, dict):
                    value = json.loads(value["plaintext"])
                return value if isinstance(value, str) else None
        return None

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; secret ones read `[secret]`."""
        shown = self._guard(lambda: self.stack._run_pulumi_cmd_sync(["stack", "output", "--json"]))
        return dict(json.loads(shown.stdout))

    def settle(self, recovery: Recovery) -> None:
        """Takes the creations that happened into the state, by import, and drops the others' marks from it."""
        # Not the Automation API's own export: that one shows secrets, and the import goes through a file.
        export = json.loads(self._guard(lambda: self.stack._run_pulumi_cmd_sync(["stack", "export"])).stdout)
        deployment = export["deployment"]
        deployment["pending_operations"] = [
            entry for entry in deployment["pending_operations"] if entry["resource"]["urn"] in recovery.adopt
        ]
        self._guard(lambda: self.stack.import_stack(automation.Deployment(export["version"], deployment)))
        if recovery.adopt:
            arguments = ["refresh", "--yes", "--skip-preview"]
            for urn, identity in recovery.adopt.items():
                arguments += ["--import-pending-creates", urn, "--import-pending-creates", identity, "--target", urn]
            self._guard(lambda: self.stack._run_pulumi_cmd_sync(arguments))

    def _deployment(self) -> dict[str, Any]:
        return dict(self._guard(self.stack.export_stack).deployment or {})

    def _record(self, listener: Listener, command: Callable[[Callable[[EngineEvent], None]], object]) -> Run:
        recorder = Recorder(listener)
        try:
            interruptible(lambda: command(recorder.hear), notice=listener.waits)
        except automation.errors.CommandError as error:
            run = recorder.run(succeeded=False)
            if not run.failures and not run.violations:
                raise OperationError(reason(error)) from error
            return run
        return recorder.run(succeeded=True)

    def _guard(self, command: Callable[[], T]) -> T:
        try:
            return command()
        except automation.errors.CommandError as error:
            raise OperationError(reason(error)) from error


def operation_of(metadata: Any) -> Operation:
    """The plain form of a step's metadata."""
    forcing = tuple(metadata.keys or ())
    differing = tuple(metadata.detailed_diff or metadata.diffs or ())
    return Operation(
        urn=metadata.urn,
        action=ACTIONS.get(metadata.op, Action.OTHER),
        paths=forcing + tuple(path for path in differing if path not in forcing),
    )


def changed_outputs(metadata: Any) -> tuple[str, ...]:
    """The stack's outputs that a run changes. The engine counts that as no change of the stack and tells it last.

    Secret outputs look the same before and after; they follow from resources, whose changes are seen.
    """
    if metadata.op != OpType.SAME or metadata.old is None or metadata.new is None:
        return ()
    old, new = metadata.old.outputs or {}, metadata.new.outputs or {}
    return tuple(sorted(f"outputs.{name}" for name in old.keys() | new.keys() if old.get(name) != new.get(name)))


def plain(text: str) -> str:
    """An event's text without the engine's colour directives."""
    return MARKUP.sub("", text).strip()


def reason(error: automation.errors.CommandError) -> str:
    """The engine's own words out of the Automation API's dump of a failed command."""
    text = str(error)
    stderr = text.split("stderr:", 1)[-1].strip()
    lines = [line for line in stderr.splitlines() if line.strip() and not line.startswith("warning:")]
    return "\n".join(lines).removeprefix("error: ") or text
