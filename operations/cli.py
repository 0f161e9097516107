"""`python -m operations`: what an operator runs against a stack on Google Cloud."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from operations.adapters.console import Console
from operations.errors import OperationError
from operations.judgement import Environment
from operations.plans.gate import ACCEPT

# What a command runs is loaded when it runs: `check` of manifests needs neither Pulumi nor a cluster's client, which
# take longer to load than it takes to judge a thousand manifests.

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
Stack = Annotated[str, typer.Argument(help="The stack, as in Pulumi.STACK.yaml.")]
Size = Annotated[str, typer.Argument(help="Whole GiB, as 200 or 200Gi.")]
Project = Annotated[str, typer.Argument(help="The Google Cloud project's id.")]
Location = Annotated[str | None, typer.Option("--location", help="Multi-region: EU, US or ASIA.")]
AcceptUnjudged = Annotated[
    bool, typer.Option(ACCEPT, help="Go on in production and recovery although mandatory controls could not judge all.")
]
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
    from operations.adapters.stock import open_stack
    from operations.commands.preview import judged_preview

    console = Console()
    with told(console):
        judged_preview(open_stack(stack), console)


@app.command()
def up(stack: Stack, yes: Yes = False, accept_unjudged: AcceptUnjudged = False) -> None:
    """Previews with the policy pack, shows what would change, asks, updates."""
    from operations.adapters.stock import open_stack
    from operations.commands import up as updating

    console = Console()
    with told(console):
        updating.up(open_stack(stack), console, confirmed=yes, accept_unjudged=accept_unjudged)


@app.command()
def grow_disks(stack: Stack, size: Size, yes: Yes = False, accept_unjudged: AcceptUnjudged = False) -> None:
    """Makes the disks of a stack's nodes larger and leaves their pods in place. A repeat goes on where a run stopped.

    SIZE must be what the stack's file says by then: settings first, then this command.
    """
    from operations.adapters.stock import open_stack
    from operations.commands import grow_disks as growing

    console = Console()
    with told(console):
        growing.grow_disks(open_stack(stack), console, size, confirmed=yes, accept_unjudged=accept_unjudged)


@app.command()
def destroy(stack: Stack, yes: Yes = False) -> None:
    """Takes a stack down: Kubernetes objects, then what they held in the cloud, then the platform."""
    from operations.adapters.stock import open_stack
    from operations.commands import destroy as destroying
    from operations.commands.giving_back import report_retained

    console = Console()
    with told(console):
        retained = destroying.destroy(open_stack(stack), console, confirmed=yes)
        report_retained(retained, console)


@app.command()
def bootstrap(
    project: Project, location: Location = None, yes: Yes = False, accept_unjudged: AcceptUnjudged = False
) -> None:
    """Makes the bucket for state and the key for secrets, outside every workload region, or adopts them."""
    from operations.adapters.bootstrap import open_on_stock
    from operations.commands import bootstrap as bootstrapping

    console = Console()
    with told(console):
        engine = open_on_stock(project, location=location)
        bootstrapping.bootstrap(engine, console, confirmed=yes, accept_unjudged=accept_unjudged)


@app.command()
def check(
    manifests: Annotated[Path, typer.Option("--manifests", help="A file of Kubernetes manifests, or their folder.")],
    environment: Annotated[Environment, typer.Option(help="Whose levels hold.")] = "production",
    report_dir: Annotated[Path | None, typer.Option("--report-dir", help="Where reports are written.")] = None,
) -> None:
    """Judges manifests that never saw Pulumi, by the same controls. `make check STACK=dev` judges a stack.

    Status 1 on a mandatory violation, and when not everything could be read.
    """
    from operations.adapters.manifest_judging import judge
    from operations.commands.check import conclude

    console = Console()
    with told(console):
        conclude(judge(manifests, environment), console, report_dir=report_dir)
