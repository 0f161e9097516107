"""`python -m sandbox`: the platform on this machine."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from operations.adapters.console import Console
from operations.commands.bootstrap import bootstrap as make_state_store
from operations.commands.destroy import destroy as destroy_stack
from operations.commands.giving_back import report_retained
from operations.commands.grow_disks import grow_disks as grow_disks_of_stack
from operations.commands.preview import judged_preview
from operations.commands.up import up as update_stack
from operations.plans.gate import ACCEPT
from sandbox import overview, world
from sandbox.bootstrapping import open_in_the_sandbox
from sandbox.commands import command, expected_failures, run
from sandbox.engine_folder import STACK
from sandbox.layout import CHECKOUT, Layout
from sandbox.leftovers import require_nothing_left
from sandbox.recovery import release, settle
from sandbox.session import open_engine
from sandbox.simulated_time import wait_table, waits_since
from sandbox.vertical_autoscaling import command as vertical_autoscaling
from sandbox.vertical_autoscaling.usage import TABLE
from sandbox.watching import cause_of_failure

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
Arguments = Annotated[list[str] | None, typer.Argument()]
Size = Annotated[str, typer.Argument(help="Whole GiB, as 200 or 200Gi.")]
AcceptUnjudged = Annotated[bool, typer.Option(ACCEPT, help="As on Google Cloud, for a sandbox that is production.")]


@app.command()
def tools() -> None:
    """Finds or builds the engine and the control plane, and starts nothing."""
    with command("make tools") as (_, console):
        world.resolve_tools(console, (*world.TOOLS, *vertical_autoscaling.TOOLS))


@app.command()
def up(accept_unjudged: AcceptUnjudged = False) -> None:
    """Brings the whole platform up and shows it. Stays up until `make down`."""
    began = datetime.now(UTC)
    with command("make up") as (layout, console):
        world.start(layout, console)
        release(layout, console)
        engine = open_engine(layout, world.environment(layout), ahead=True)
        settle(layout, engine, console)
        with cause_of_failure(layout):
            update_stack(engine, console, confirmed=True, accept_unjudged=accept_unjudged)
        for table in overview.tables(layout):
            console.table(table)
        console.say(f"proxy  {engine.outputs().get('proxy_url', '')}")
        show_waits(layout, began, console)
        console.table(overview.time_table(console.times))


@app.command()
def preview() -> None:
    """Shows what `make up` would change, and changes no resource.

    Like `make up`, it starts what of the sandbox does not run, and restarts kwok and the data plane when SANDBOX_SPEED
    or SANDBOX_DELAYS are others than those they run with.
    """
    with command("make preview") as (layout, console):
        world.start(layout, console)
        release(layout, console)
        judged_preview(open_engine(layout, world.environment(layout), ahead=True), console)


@app.command()
def grow_disks(size: Size, accept_unjudged: AcceptUnjudged = False) -> None:
    """Makes the disks of the nodes larger and leaves their pods in place. Pulumi.sandbox.yaml must say the size."""
    began = datetime.now(UTC)
    with command("make grow-disks") as (layout, console):
        world.start(layout, console)
        release(layout, console)
        engine = open_engine(layout, world.environment(layout), ahead=True)
        settle(layout, engine, console)
        with cause_of_failure(layout):
            grow_disks_of_stack(engine, console, size, confirmed=True, accept_unjudged=accept_unjudged)
        show_waits(layout, began, console)


@app.command()
def check(
    stack: Annotated[str, typer.Argument(help="The stack, as in Pulumi.STACK.yaml.")] = STACK,
    report_dir: Annotated[Path | None, typer.Option("--report-dir", help="Where reports are written.")] = None,
) -> None:
    """Judges a stack's first preview, from scratch: no account, no cluster, nothing that runs in the sandbox.

    Status 1 on a mandatory violation, and when the preview fails.
    """
    # The pack's own modules, which no other command needs.
    from operations.commands.check import conclude
    from sandbox.checking import TOOLS, judge

    # As CI ends a job: the folder is to go then too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with expected_failures() as (_, console):
        try:
            conclude(judge(stack, world.resolve_tools(console, TOOLS), console), console, report_dir=report_dir)
        except KeyboardInterrupt as error:
            console.error("Interrupted. Nothing was changed.")
            raise typer.Exit(130) from error


@app.command()
def destroy() -> None:
    """Destroys the stack; the sandbox's control plane stays up."""
    began = datetime.now(UTC)
    with command("make destroy") as (layout, console):
        world.start(layout, console)
        release(layout, console)
        engine = open_engine(layout, world.environment(layout))
        settle(layout, engine, console)
        with cause_of_failure(layout):
            retained = destroy_stack(engine, console, confirmed=True)
        report_retained(retained, console)
        require_nothing_left(layout, engine, [volume.disk for volume in retained])
        show_waits(layout, began, console)


@app.command()
def bootstrap(
    location: Annotated[str | None, typer.Option("--location")] = None, accept_unjudged: AcceptUnjudged = False
) -> None:
    """Makes the simulated bucket for state and the key for secrets, or adopts them. Needs no control plane."""
    with command("make bootstrap") as (layout, console):
        engine = world.resolve_tools(console, ("pulumi",)).path("pulumi")
        opened = open_in_the_sandbox(layout, world.environment(layout), engine=engine, location=location)
        caution = "simulated: not for a real stack"
        make_state_store(opened, console, confirmed=True, accept_unjudged=accept_unjudged, caution=caution)


@app.command()
def demo_vpa(
    profile: Annotated[Path, typer.Option(help="What the nodes use over time, as usage.csv.")] = TABLE,
    output: Annotated[Path | None, typer.Option(help="Folder for picture.svg and samples.csv.")] = None,
) -> None:
    """Shows the real VerticalPodAutoscaler raise the nodes' memory requests. Needs a stack that is up."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as CI ends a job: nothing may stay registered
    with command("make demo-vpa") as (layout, console):
        world.start(layout, console)
        tools = world.resolve_tools(console, vertical_autoscaling.TOOLS)
        vertical_autoscaling.demonstrate(layout, tools, console, profile_file=profile, output=output)


@app.command()
def status() -> None:
    """Shows processes, pods, claims and addresses."""
    with expected_failures() as (layout, console):
        console.table(overview.process_table(layout))
        console.say(overview.readiness(layout))
        for table in overview.tables(layout):
            console.table(table)


@app.command()
def down() -> None:
    """Ends the sandbox's processes. Its data stays, and `make up` goes on from there."""
    with command("make down") as (layout, console):
        world.stop(layout, console)


@app.command(context_settings={"ignore_unknown_options": True})
def kubectl(arguments: Arguments = None) -> None:
    """kubectl against the sandbox's API server, with the administrator's kubeconfig."""
    with expected_failures() as (layout, _):
        run([str(layout.bin / "kubectl"), *(arguments or [])], {"KUBECONFIG": str(layout.kubeconfig)})


@app.command(context_settings={"ignore_unknown_options": True})
def pulumi(arguments: Arguments = None) -> None:
    """The engine against the sandbox's stack."""
    with expected_failures() as (layout, _):
        run(
            [str(layout.bin / "pulumi"), *(arguments or []), "--stack", "sandbox", "--cwd", str(layout.engine)],
            world.environment(layout),
        )


@app.command()
def workflows() -> None:
    """actionlint on this checkout's GitHub workflows. It has nothing to do with the sandbox but its toolchain."""
    with expected_failures() as (_, console):
        tool = world.resolve_tools(console, ("actionlint",)).path("actionlint")
        files = sorted(str(path) for path in (CHECKOUT / ".github" / "workflows").glob("*.yml"))
        # Without what happens to be on this machine: the same findings everywhere.
        run([str(tool), "-no-color", "-shellcheck=", "-pyflakes=", *files], {})


def show_waits(layout: Layout, began: datetime, console: Console) -> None:
    """What this command waited for in place of Google, if it did."""
    if waits := waits_since(layout, began):
        console.table(wait_table(waits))
