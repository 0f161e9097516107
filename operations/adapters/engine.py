"""The Pulumi engine, through its Automation API."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pulumi import automation
from pulumi.automation.events import EngineEvent

from operations.adapters.events import Listener, Recorder
from operations.adapters.interruptible import interruptible
from operations.errors import OperationError
from operations.facts import PendingOperation, Recovery, Run, StackResource

T = TypeVar("T")


class Engine:
    """One stack on the real engine. Every method runs to its end or raises `OperationError`."""

    def __init__(self, stack: automation.Stack, *, policy_pack: Path, refresh: bool = False) -> None:
        """`policy_pack` is attached to every preview and update: there is no way to run without it.

        `refresh` makes both look at the cloud first, for a state that is not to be trusted.
        """
        self.stack = stack
        self.refresh = refresh
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
                policy_packs=[self.policy_pack],
                refresh=self.refresh,
                on_event=hear,
                color="never",
                suppress_outputs=True,
            ),
        )

    def up(self, listener: Listener) -> Run:
        """Updates the stack. Callers go through `operations.commands.up`, which previews first."""
        return self._record(
            listener,
            lambda hear: self.stack.up(
                policy_packs=[self.policy_pack],
                refresh=self.refresh,
                on_event=hear,
                color="never",
                suppress_outputs=True,
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
                protected=entry.get("protect", False),
                deletion_protection=(entry.get("inputs") or {}).get("deletionProtection") is True,
                left_over=entry.get("delete", False),
            )
            for entry in self._deployment().get("resources") or []
        )

    def pending(self) -> tuple[PendingOperation, ...]:
        """What an earlier run began and did not finish."""
        return tuple(
            PendingOperation(
                urn=entry["resource"]["urn"],
                kind=entry["type"],
                inputs=entry["resource"].get("inputs") or {},
            )
            for entry in self._deployment().get("pending_operations") or []
        )

    def kubeconfig(self) -> str | None:
        """The kubeconfig that the stack's own Kubernetes provider uses; None before there is one.

        Outputs are missing after an update that failed midway, and the provider after a destroy that did: either will
        do.
        """
        resources = [entry for entry in self._deployment().get("resources") or [] if not entry.get("delete")]
        inputs = [entry.get("inputs") for entry in resources if entry["type"] == "pulumi:providers:kubernetes"]
        outputs = [entry.get("outputs") for entry in resources if entry["type"] == "pulumi:pulumi:Stack"]
        for properties in inputs + outputs:
            value = (properties or {}).get("kubeconfig")
            if isinstance(value, dict):
                value = json.loads(value["plaintext"])
            if isinstance(value, str):
                return value
        return None

    def setting(self, key: str) -> str | None:
        """The text of one setting in the stack's own file, `namespace:name`; what is no text as JSON. None without it.

        Read without the engine, which takes a second to say the same: it is asked for in every preview. What a project
        or an environment of Pulumi Cloud adds to the stack's settings is not in it.

        Raises:
            OperationError: the file cannot be read.
        """
        # Not the Automation API's own reader: it drops lists, and fails on true and false.
        path = Path(self.stack.workspace.work_dir) / f"Pulumi.{self.name}.yaml"
        if not path.exists():
            return None
        try:
            config = (yaml.safe_load(path.read_text()) or {}).get("config") or {}
        except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
            raise OperationError(f"{path} cannot be read: {error}. Nothing was changed.") from error
        found = config.get(key)
        return found if found is None or isinstance(found, str) else json.dumps(found, default=str)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; secret ones read `[secret]`."""
        shown = self._guard(lambda: self.stack._run_pulumi_cmd_sync(["stack", "output", "--json"]))
        return dict(json.loads(shown.stdout))

    def settle(self, recovery: Recovery) -> None:
        """Takes the creations that happened into the state, and drops every mark of a pending operation from it.

        `pulumi refresh --import-pending-creates` is not for this: engine 3.250 only renames the marks.
        """
        # Not the Automation API's own export: that one shows secrets, and the import goes through a file.
        export = json.loads(self._guard(lambda: self.stack._run_pulumi_cmd_sync(["stack", "export"])).stdout)
        deployment = export["deployment"]
        begun = {entry["resource"]["urn"]: entry["resource"] for entry in deployment.pop("pending_operations", [])}
        deployment["resources"] += [
            {**begun[urn], "id": identity, "outputs": begun[urn].get("inputs", {})}
            for urn, identity in recovery.adopt.items()
        ]
        self._guard(lambda: self.stack.import_stack(automation.Deployment(export["version"], deployment)))
        if recovery.adopt:
            targets = [argument for urn in recovery.adopt for argument in ("--target", urn)]
            self._guard(lambda: self.stack._run_pulumi_cmd_sync(["refresh", "--yes", "--skip-preview", *targets]))

    def _deployment(self) -> dict[str, Any]:
        return dict(self._guard(self.stack.export_stack).deployment or {})

    def _record(self, listener: Listener, command: Callable[[Callable[[EngineEvent], None]], object]) -> Run:
        recorder = Recorder(listener)
        try:
            interruptible(lambda: command(recorder.hear), notice=listener.notes)
        except automation.errors.CommandError as error:
            run = recorder.run(succeeded=False)
            if not run.failures and not any(violation.mandatory for violation in run.violations):
                raise OperationError(reason(error)) from error
            return run
        return recorder.run(succeeded=True)

    def _guard(self, command: Callable[[], T]) -> T:
        try:
            return command()
        except automation.errors.CommandError as error:
            raise OperationError(reason(error)) from error


def reason(error: automation.errors.CommandError) -> str:
    """The engine's own words out of the Automation API's dump of a failed command."""
    text = str(error)
    stderr = text.split("stderr:", 1)[-1].strip()
    lines = [line for line in stderr.splitlines() if line.strip() and not line.startswith("warning:")]
    return "\n".join(lines).removeprefix("error: ") or text
