"""A sandbox stack in this process, whose settings are changed between runs of the engine."""

from __future__ import annotations

import copy
import gc
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console as RichConsole

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.commands.up import up
from operations.facts import Run
from sandbox import world
from sandbox.layout import Layout
from sandbox.session import open_engine
from settings import NAMESPACE


class Deaf:
    """Listens to nothing."""

    def began(self, operation: object) -> None: ...

    def ended(self, operation: object) -> None: ...

    def failed(self, failure: object) -> None: ...

    def waits(self, text: str) -> None: ...

    def notes(self, text: str) -> None: ...


@dataclass(kw_only=True)
class RunningStack:
    """The stack of the sandbox below `layout`."""

    layout: Layout
    console: Console
    engine: Engine
    given: Mapping[str, object] = field(default_factory=dict)
    """What the stack was brought up with, beside Pulumi.sandbox.yaml: dotted keys to values."""

    def preview(self, change: Mapping[str, object]) -> Run:
        """What the engine would do if these settings were others than those that the stack was brought up with."""
        with self.settings({**self.given, **change}):
            run = self.engine.preview(Deaf())
        # A refused program leaves a coroutine of the SDK behind; collected in the middle of an import, it breaks it.
        gc.collect()
        return run

    def bring_to(self, given: Mapping[str, object]) -> None:
        """Updates the stack to these settings, as `make up` does. Raises OperationError."""
        with self.settings(given):
            up(self.engine, self.console, confirmed=True)
        self.given = given

    @contextmanager
    def settings(self, change: Mapping[str, object]) -> Iterator[None]:
        """The engine's own copy of the stack's file with these settings, as long as the context is open."""
        path = self.layout.engine / f"Pulumi.{self.engine.name}.yaml"
        before = path.read_text()
        path.write_text(yaml.safe_dump(with_settings(yaml.safe_load(before), change)))
        try:
            yield
        finally:
            path.write_text(before)

    def other_stack(self, name: str, program: Callable[[], None]) -> None:
        """Brings up another stack in the same simulated cloud."""
        other = open_engine(self.layout, world.environment(self.layout), stack_name=name, program=program)
        other.policy_pack = self.engine.policy_pack
        up(other, self.console, confirmed=True)

    def said(self) -> str:
        """Everything that the commands said so far."""
        assert isinstance(self.console.rich.file, io.StringIO)
        return self.console.rich.file.getvalue()


def pack_without_rules(folder: Path, pack: Path) -> Path:
    """The pack with every control disabled: what a change does is asked here, not whether it may be made."""
    folder.mkdir(exist_ok=True)
    for path in pack.iterdir():
        if path.name != "environments" and not (folder / path.name).is_symlink():
            (folder / path.name).symlink_to(path)
    disable_rules(folder)
    return folder


def disable_rules(pack: Path) -> None:
    """Lets every stack pass that the pack in this folder would judge."""
    (pack / "environments").mkdir(exist_ok=True)
    for environment in ("development", "staging", "production", "recovery"):
        (pack / "environments" / f"{environment}.json").write_text('{"all": "disabled"}')


def with_settings(document: Mapping[str, Any], change: Mapping[str, object]) -> dict[str, Any]:
    """A stack's file with settings by dotted keys below the project's namespace."""
    changed = copy.deepcopy(dict(document))
    for key, value in change.items():
        first, *inner = key.split(".")
        place, name = changed["config"], f"{NAMESPACE}:{first}"
        for following in inner:
            place = place.setdefault(name, {})
            name = following
        place[name] = value
    return changed


@contextmanager
def running_stack(home: Path) -> Iterator[RunningStack]:
    """The project's program, brought up in a sandbox of its own below `home`, which is stopped at the end."""
    layout = Layout(root=home.resolve())
    console = Console(RichConsole(file=io.StringIO(), width=200, highlight=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANDBOX_HOME", str(layout.root))
        # Started worlds put their executables first on this process's own PATH.
        patch.setenv("PATH", world.environment(layout)["PATH"])
        try:
            world.start(layout, console)
            engine = open_engine(layout, world.environment(layout))
            engine.policy_pack = pack_without_rules(layout.root / "pack", engine.policy_pack)
            stack = RunningStack(layout=layout, console=console, engine=engine)
            stack.bring_to({})
            yield stack
        finally:
            world.stop(layout, console)
