"""What every command of the sandbox does alike: have the sandbox for itself, and tell failures without a traceback."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from operations.adapters.console import Console
from operations.errors import OperationError
from sandbox.controlplane.errors import ControlPlaneError
from sandbox.dataplane.delays import DelaysInvalid
from sandbox.exclusive import exclusive
from sandbox.layout import Layout
from sandbox.session import explained
from sandbox.simulator.clock import SpeedInvalid
from sandbox.simulator.store import StoreCorrupt, StoreUnwritable
from sandbox.toolchain import ToolchainError
from sandbox.vertical_autoscaling.usage import ProfileInvalid

EXPECTED = (
    OperationError,
    ToolchainError,
    ControlPlaneError,
    StoreCorrupt,
    StoreUnwritable,
    SpeedInvalid,
    DelaysInvalid,
    ProfileInvalid,
)
"""What can go wrong by somebody's doing: told in one paragraph, without a traceback."""


@contextmanager
def expected_failures() -> Iterator[tuple[Layout, Console]]:
    """Runs one command; 1 on an expected failure, without a traceback."""
    console, layout = Console(), Layout.from_environment()
    try:
        yield layout, console
    except EXPECTED as error:
        console.error(explained(str(error), layout))
        raise typer.Exit(1) from error


@contextmanager
def command(name: str) -> Iterator[tuple[Layout, Console]]:
    """Runs one command that has the sandbox for itself; 130 on Ctrl-C."""
    with expected_failures() as (layout, console):
        try:
            with exclusive(layout, name):
                yield layout, console
        except KeyboardInterrupt as error:
            console.error(
                "Interrupted. What was done is kept: tools in the cache, resources in the state. Run it again to go on."
            )
            raise typer.Exit(130) from error


def run(argv: list[str], environment: dict[str, str]) -> None:
    """Runs a program of the sandbox in the foreground and exits with its status.

    Raises:
        OperationError: it is not there or cannot be run.
    """
    try:
        finished = subprocess.run(argv, env={**os.environ, **environment}, check=False)
    except FileNotFoundError as error:
        raise OperationError("The sandbox was not set up yet. Run `make up` first.") from error
    except OSError as error:
        raise OperationError(
            f"{argv[0]} cannot be run: {error.strerror}. Run `make up`, which sets it up anew."
        ) from error
    raise typer.Exit(finished.returncode)
