"""`python -m operations`: what an operator runs against a stack on Google Cloud."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from operations.adapters.bootstrap import open_on_stock
from operations.adapters.console import Console
from operations.adapters.stock import open_stack
from operations.commands import bootstrap as bootstrapping
from operations.commands import destroy as destroying
from operations.commands import preview as previewing
from operations.commands import up as updating
from operations.commands.giving_back import report_retained
from operations.errors import OperationError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
Stack = Annotated[str, typer.Argument(help="The stack, as in Pulumi.STACK.yaml.")]
Project = Annotated[str, typer.Argument(help="The Google Cloud project's id.")]
Location = Annotated[str | None, typer.Option("--location", help="Multi-region: EU, US or ASIA.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask. For machines.")]


@contextmanager
def told(console: Console) -> Iterator[None]:
    """Ends the command with status 1 and one readable error where an operation fails; 130 on Ctrl-C."""
    try:
        yield
    except OperationError as error:
        console.error(str(error))
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        console.error("Interrupted. What was done is kept in the state; run the same command again to go on.")
        raise typer.Exit(130) from error


@app.command()
def preview(stack: Stack) -> None:
    """Shows what an update would change, judged by the policy pack. Changes nothing."""
    console = Console()
    with told(console):
        previewing.judged_preview(open_stack(stack), console)


@app.command()
def up(stack: Stack, yes: Yes = False) -> None:
    """Previews with the policy pack, shows what would change, asks, updates."""
    console = Console()
    with told(console):
        updating.up(open_stack(stack), console, confirmed=yes)


@app.command()
def destroy(stack: Stack, yes: Yes = False) -> None:
    """Takes a stack down: Kubernetes objects, then what they held in the cloud, then the platform."""
    console = Console()
    with told(console):
        retained = destroying.destroy(open_stack(stack), console, confirmed=yes)
        report_retained(retained, console)


@app.command()
def bootstrap(project: Project, location: Location = None, yes: Yes = False) -> None:
    """Makes the bucket for state and the key for secrets, outside every workload region, or adopts them."""
    console = Console()
    with told(console):
        bootstrapping.bootstrap(open_on_stock(project, location=location), console, confirmed=yes)
