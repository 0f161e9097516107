"""The Pulumi engine, through its Automation API."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pulumi import automation
from pulumi.automation.events import EngineEvent

from operations.adapters.events import Recorder
from operations.adapters.interruptible import interruptible
from operations.adapters.listener import Listener
from operations.errors import OperationError
from operations.facts import PendingOperation, Recovery, Run, StackResource
from operations.levels import ACKNOWLEDGEMENT, acknowledged, levels

T = TypeVar("T")

ENVIRONMENT = "p2p-nodes:environment"
"""The setting that says what a stack is for."""
STRICTEST = "production"
"""The environment of a stack that does not say: the setting's own default."""


class Engine:
    """One stack on the real engine. Every method runs to its end or raises `OperationError`."""

    def __init__(self, stack: automation.Stack, *, policy_pack: Path, refresh: bool = False) -> None:
        """`policy_pack` is attached to every preview and update: there is no way to run without it.

        `refresh` makes both look at the cloud first, for a state that is not to be trusted.
        """
        self.stack = stack
        self.refresh = refresh
        self.policy_pack = policy_pack

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.stack.name

    @property
    def environment(self) -> str:
        """What the stack is for, as far as the pack knows it. Other words the program refuses by itself."""
        said = self.setting(ENVIRONMENT)
        known = {path.stem for path in (self.policy_pack / "environments").glob("*.json")}
        return said if said in known else STRICTEST

    @contextmanager
    def policy_pack_config(self) -> Iterator[Path]:
        """A file with the pack's levels and parameters for this stack.

        Raises:
            OperationError: the environment's file, or the stack's own beside it, cannot be read.
        """
        file = self.policy_pack / "environments" / f"{self.environment}.json"
        own = self.policy_pack / "stacks" / f"{self.name}.json"
        acknowledgement = self.setting(ACKNOWLEDGEMENT)
        if not own.exists() and not acknowledged(acknowledgement):
            yield file
            return
        given = json_object(own) if own.exists() else {}
        with tempfile.TemporaryDirectory(prefix="p2p-nodes-levels-") as folder:
            written = Path(folder) / file.name
            written.write_text(json.dumps(levels(json_object(file), given, acknowledgement)), encoding="utf-8")
            yield written

    def preview(self, listener: Listener, *, without: Collection[str] = ()) -> Run:
        """What an update would do, judged by the policy pack. What is in `without` stays as the state has it."""
        return self._with_levels(listener, partial(self.stack.preview, exclude=list(without) or None), judged=True)

    def up(self, listener: Listener) -> Run:
        """Updates the stack. Callers go through `operations.commands.up`, which previews first."""
        return self._with_levels(listener, self.stack.up)

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
                urn=entry["resource"]["urn"], kind=entry["type"], inputs=entry["resource"].get("inputs") or {}
            )
            for entry in self._deployment().get("pending_operations") or []
        )

    def kubeconfig(self) -> str | None:
        """The kubeconfig that the stack's own Kubernetes provider uses; None before there is one.

        Outputs are missing after an update that failed midway, the provider after a destroy that did: either will do.
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

    def settle(self, recovery: Recovery, *, notice: Callable[[str], None]) -> None:
        """Takes the creations that happened into the state, and drops every mark of a pending operation from it.

        `pulumi refresh --import-pending-creates` is not for this: engine 3.250 only renames the marks.
        """
        # Not the Automation API's own export, which shows secrets: the import goes through a file.
        export = json.loads(self._guard(lambda: self.stack._run_pulumi_cmd_sync(["stack", "export"])).stdout)
        deployment = export["deployment"]
        begun = {entry["resource"]["urn"]: entry["resource"] for entry in deployment.pop("pending_operations", [])}
        deployment["resources"] += [
            {**begun[urn], "id": identity, "outputs": begun[urn].get("inputs", {})}
            for urn, identity in recovery.adopt.items()
        ]
        self._guard(lambda: self.stack.import_stack(automation.Deployment(export["version"], deployment)))
        if recovery.adopt:
            self.read_again(recovery.adopt, notice=notice)

    def read_again(self, urns: Iterable[str], *, notice: Callable[[str], None]) -> None:
        """Makes the state of these resources what is really there. What is gone leaves the state."""
        refresh = ["refresh", "--yes", "--skip-preview", *(word for urn in urns for word in ("--target", urn))]
        self._guard(lambda: interruptible(partial(self.stack._run_pulumi_cmd_sync, refresh), notice=notice))

    def _deployment(self) -> dict[str, Any]:
        return dict(self._guard(self.stack.export_stack).deployment or {})

    def _with_levels(self, listener: Listener, command: Callable[..., object], *, judged: bool = False) -> Run:
        with self.policy_pack_config() as config:
            return self._record(
                listener,
                judged=judged,
                command=lambda hear: command(
                    policy_packs=[str(self.policy_pack)],
                    policy_pack_configs=[str(config)],
                    refresh=self.refresh,
                    on_event=hear,
                    color="never",
                    suppress_outputs=True,
                ),
            )

    def _record(
        self, listener: Listener, command: Callable[[Callable[[EngineEvent], None]], object], *, judged: bool = False
    ) -> Run:
        recorder = Recorder(listener)
        try:
            interruptible(lambda: command(recorder.hear), notice=listener.notes)
        except automation.errors.CommandError as error:
            run = recorder.run(succeeded=False)
            if not run.failures and not any(violation.mandatory for violation in run.violations):
                raise OperationError(reason(error)) from error
            return run
        if recorder.fault is not None:
            raise OperationError(
                f"The engine ended well, but an event of it was lost ({type(recorder.fault).__name__}): what it did "
                "or would do is not known in full. Run `make preview` to see where the stack stands."
            ) from recorder.fault
        if judged and not recorder.packs:
            raise OperationError(
                "The engine does not say that the policy pack judged the preview. Nothing was changed."
            )
        return recorder.run(succeeded=True)

    def _guard(self, command: Callable[[], T]) -> T:
        try:
            return command()
        except automation.errors.CommandError as error:
            raise OperationError(reason(error)) from error


def json_object(path: Path) -> dict[str, Any]:
    """A file of the pack's configuration. Raises `OperationError` where it cannot be read or is none."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OperationError(f"{path} cannot be read: {error}. Nothing was changed.") from error
    if not isinstance(read, dict) or not all(isinstance(given, str | dict) for given in read.values()):
        raise OperationError(
            f"{path} is no configuration of the policy pack: an object is expected, with a level or an object for each "
            "control (docs/guardrails.md). Nothing was changed."
        )
    return read


def reason(error: automation.errors.CommandError) -> str:
    """The engine's own words out of the Automation API's dump of a failed command."""
    text = str(error)
    stderr = text.split("stderr:", 1)[-1].strip()
    lines = [line for line in stderr.splitlines() if line.strip() and not line.startswith("warning:")]
    return "\n".join(lines).removeprefix("error: ") or text
