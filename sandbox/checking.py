"""A stack's first preview, judged: on this machine, from a folder that is thrown away, without cloud or cluster.

Nothing but the checkout decides what it says: not the state of a stack, nor what runs in the sandbox, nor who calls it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from operations.adapters.catalogue import controls
from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.adapters.yaml_file import mapping
from operations.errors import OperationError
from operations.facts import Failure, Run
from operations.judgement import ControlFacts, Judgement
from operations.plans import judging
from sandbox import engine_folder
from sandbox.files import usable
from sandbox.layout import CHECKOUT, Layout
from sandbox.session import open_engine
from sandbox.simulator.given import ASSUMED
from sandbox.toolchain import Toolset

TOOLS = ("pulumi", "schemas")
PLUGINS = ("gcp", "kubernetes")
PLACEHOLDER = "placeholder-of-a-secret"
"""What the program finds in place of a value that only the stack's own key can open."""
OF_THE_STATE = ("secretsprovider", "encryptedkey", "encryptionsalt", "backend")
"""Keys of a stack's file that lead to its state and its secrets."""
SPEED = 600.0
"""Of the simulator. A preview waits for nothing."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A stack on the engine, with the keys of its file that hold placeholders."""

    engine: Engine
    placeholders: tuple[str, ...]


def judge(stack: str, tools: Toolset, console: Console) -> Judgement:
    """What the pack says of the stack's first preview, at the levels of its environment.

    An engine that cannot run the preview at all, such as for a configuration that the pack refuses, fails the check.

    Raises:
        OperationError: there is no such stack file, or a file cannot be read or written.
    """
    with open_from_scratch(stack, tools) as opened:
        try:
            with console.phase("preview from scratch") as listener:
                run = opened.engine.preview(listener)
        except OperationError as error:
            run = Run(succeeded=False, failures=(Failure(urn="", message=str(error)),))
        with opened.engine.policy_pack_config() as config:
            known = known_controls(config, run)
        return judging.of_stack(
            stack, run, known, environment=opened.engine.environment, placeholders=opened.placeholders
        )


def known_controls(config: Path, run: Run) -> tuple[ControlFacts, ...]:
    """The controls as `config` sets them; none where the pack refused it, which the run's failures tell."""
    try:
        return controls(config)
    except OperationError:
        if run.succeeded:
            raise
        return ()


@contextmanager
def open_from_scratch(stack: str, tools: Toolset) -> Iterator[Opened]:
    """The stack as if it had never been brought up. Its folder is gone at the end.

    Raises:
        OperationError: there is no such stack file, a file cannot be read or written, or the engine refuses to open it.
    """
    source = CHECKOUT / f"Pulumi.{stack}.yaml"
    if not source.is_file():
        known = ", ".join(sorted(path.name.split(".")[1] for path in CHECKOUT.glob("Pulumi.*.yaml")))
        raise OperationError(f"There is no {source.name}. Stacks of this project: {known}.")
    layout = Layout(root=Path(tempfile.mkdtemp(prefix="p2p-nodes-check-")))
    try:
        with usable(layout):
            placeholders = prepare(layout, source, tools)
        environment = engine_folder.environment(layout, speed=SPEED)
        environment["PULUMI_CONFIG_PASSPHRASE"] = engine_folder.PASSPHRASE
        # A DNS zone that a stack names is somebody else's: there is nobody to ask whether it is there.
        environment[ASSUMED] = "true"
        yield Opened(
            engine=open_engine(layout, environment, stack_name=stack, ahead=True),
            placeholders=placeholders,
        )
    finally:
        shutil.rmtree(layout.root, ignore_errors=True)


def prepare(layout: Layout, source: Path, tools: Toolset) -> tuple[str, ...]:
    """Writes everything the engine needs, and returns the keys of the stack's file that hold placeholders."""
    engine_folder.prepare_engine(layout, tools.path("pulumi"))
    # Always our own: an official kubernetes plugin on PATH would wait for a cluster.
    plugins = {name: engine_folder.write_plugin(layout, name, tools.schemas) for name in PLUGINS}
    engine_folder.write_ready(layout, tools.schemas)
    project = mapping(CHECKOUT / "Pulumi.yaml", remedy=engine_folder.CORRECT)
    manifest = engine_folder.project_of_the_sandbox(project, plugins)
    engine_folder.write(layout.engine / "Pulumi.yaml", yaml.safe_dump(manifest))
    settings, placeholders = without_secrets(mapping(source, remedy=engine_folder.CORRECT))
    engine_folder.write(layout.engine / source.name, yaml.safe_dump(settings))
    return placeholders


def without_secrets(document: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A stack's file without what leads to its state, and the dotted keys whose secret values became placeholders."""
    found: list[str] = []
    kept = {key: value for key, value in document.items() if key not in OF_THE_STATE}
    if isinstance(kept.get("config"), dict):
        kept["config"] = {key: _opened(value, str(key), found) for key, value in kept["config"].items()}
    return kept, tuple(found)


def _opened(value: Any, key: str, found: list[str]) -> Any:
    """`value` with each `secure: ...` replaced, as the engine writes them: a mapping of this one key to a text."""
    match value:
        case {"secure": str()} if len(value) == 1:
            found.append(key)
            return PLACEHOLDER
        case dict():
            return {name: _opened(below, f"{key}.{name}", found) for name, below in value.items()}
        case list():
            return [_opened(below, f"{key}[{index}]", found) for index, below in enumerate(value)]
        case _:
            return value
