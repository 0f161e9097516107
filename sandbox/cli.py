"""`python -m sandbox`: the platform on this machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from operations.adapters.console import Console
from operations.commands.destroy import destroy as destroy_stack
from operations.commands.destroy import report_retained
from operations.commands.preview import judged_preview
from operations.commands.up import up as update_stack
from operations.errors import OperationError
from sandbox import overview, world
from sandbox.controlplane.errors import ControlPlaneError
from sandbox.dataplane.delays import DelaysInvalid
from sandbox.exclusive import exclusive
from sandbox.layout import Layout
from sandbox.recovery import settle
from sandbox.session import explained, open_engine
from sandbox.simulated_time import wait_table, waits_since
from sandbox.simulator.clock import SpeedInvalid
from sandbox.simulator.store import StoreCorrupt, StoreUnwritable
from sandbox.toolchain import ToolchainError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
Arguments = Annotated[list[str] | None, typer.Argument()]
EXPECTED = (
    OperationError,
    ToolchainError,
    ControlPlaneError,
    StoreCorrupt,
    StoreUnwritable,
    SpeedInvalid,
    DelaysInvalid,
)
"""What can go wrong by somebody's doing: told in one paragraph, without a traceback."""


@contextmanager
def command(name: str) -> Iterator[tuple[Layout, Console]]:
    """Runs one command that has the sandbox for itself; 1 on an expected failure, 130 on Ctrl-C."""
    console, layout = Console(), Layout.from_environment()
    try:
        with exclusive(layout, name):
            yield layout, console
    except EXPECTED as error:
        console.error(explained(str(error), layout))
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        console.error(
            "Interrupted. What was done is kept: tools in the cache, resources in the state. Run it again to go on."
        )
        raise typer.Exit(130) from error


@app.command()
def tools() -> None:
    """Finds or builds the engine and the control plane, and starts nothing."""
    with command("make tools") as (_, console):
        world.resolve_tools(console)


@app.command()
def up() -> None:
    """Brings the whole platform up and shows it. Stays up until `make down`."""
    began = datetime.now(UTC)
    with command("make up") as (layout, console):
        world.start(layout, console)
        engine = open_engine(layout, world.environment(layout))
        settle(layout, engine, console)
        update_stack(engine, console, confirmed=True)
        for table in overview.tables(layout):
            console.table(table)
        console.say(f"proxy  {engine.outputs().get('proxy_url', '')}")
        if waits := waits_since(layout, began):
            console.table(wait_table(waits))
        console.table(overview.time_table(console.times))


@app.command()
def preview() -> None:
    """Shows what `make up` would change. Changes nothing."""
    with command("make preview") as (layout, console):
        world.start(layout, console)
        judged_preview(open_engine(layout, world.environment(layout)), console)


@app.command()
def destroy() -> None:
    """Destroys the stack; the sandbox's control plane stays up."""
    with command("make destroy") as (layout, console):
        world.start(layout, console)
        engine = open_engine(layout, world.environment(layout))
        settle(layout, engine, console)
        retained = destroy_stack(engine, console, confirmed=True)
        report_retained(retained, console)
        world.require_nothing_left(layout, engine, [volume.disk for volume in retained])


@app.command()
def status() -> None:
    """Shows processes, pods, claims and addresses."""
    console, layout = Console(), Layout.from_environment()
    try:
        console.table(overview.process_table(layout))
        for table in overview.tables(layout):
            console.table(table)
    except EXPECTED as error:
        console.error(str(error))
        raise typer.Exit(1) from error


@app.command()
def down() -> None:
    """Ends the sandbox's processes. Its data stays, and `make up` goes on from there."""
    with command("make down") as (layout, console):
        world.stop(layout, console)


@app.command(context_settings={"ignore_unknown_options": True})
def kubectl(arguments: Arguments = None) -> None:
    """kubectl against the sandbox's API server, with the administrator's kubeconfig."""
    layout = Layout.from_environment()
    run([str(layout.bin / "kubectl"), *(arguments or [])], {"KUBECONFIG": str(layout.kubeconfig)})


@app.command(context_settings={"ignore_unknown_options": True})
def pulumi(arguments: Arguments = None) -> None:
    """The engine against the sandbox's stack."""
    layout = Layout.from_environment()
    run(
        [str(layout.bin / "pulumi"), *(arguments or []), "--stack", "sandbox", "--cwd", str(layout.engine)],
        world.environment(layout),
    )


def run(argv: list[str], environment: dict[str, str]) -> None:
    """Runs a program of the sandbox in the foreground and exits with its status."""
    try:
        finished = subprocess.run(argv, env={**os.environ, **environment}, check=False)
    except FileNotFoundError as error:
        Console().error("The sandbox was not set up yet. Run `make up` first.")
        raise typer.Exit(1) from error
    raise typer.Exit(finished.returncode)
