"""`make demo-vpa`: runs the demonstration, says what it does, and writes what it saw."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.table import Table

from operations.adapters.console import Console
from operations.errors import OperationError
from sandbox.controlplane import Processes
from sandbox.dataplane.api_server import ApiRefused, ApiServer, ApiUnreachable
from sandbox.dataplane.delays import Delays
from sandbox.layout import Layout
from sandbox.progress import Lines
from sandbox.simulator.clock import Speed
from sandbox.toolchain import Toolset
from sandbox.vertical_autoscaling import target
from sandbox.vertical_autoscaling.components import NAMES, Flag, flags
from sandbox.vertical_autoscaling.demonstration import Demonstration
from sandbox.vertical_autoscaling.picture import picture
from sandbox.vertical_autoscaling.recording import Recording, table
from sandbox.vertical_autoscaling.running import Place
from sandbox.vertical_autoscaling.usage import TABLE, Profile

TOOLS = NAMES
TITLE = "Memory follows demand: VerticalPodAutoscaler, mode Recreate, in the sandbox (usage is simulated)"
OF_A_RESTART = ("p2p-node-stop", "node-provision", "disk-attach", "pod-start", "p2p-node-sync")
"""Rows of the data plane's delays that a node's return can consist of."""
SLACK_SECONDS = 20.0
"""Real seconds of a restart that no speed shortens."""


def demonstrate(
    layout: Layout, tools: Toolset, console: Console, *, profile_file: Path = TABLE, output: Path | None = None
) -> Demonstration:
    """Runs it against the stack that is up; writes `samples.csv` and `picture.svg` into `output`, also on a failure.

    Raises:
        OperationError: no stack is up, something did not happen in its time, more than one node was down at once, or a
            file cannot be written.
        ControlPlaneError: a process ended by itself.
        ProfileInvalid: the profile cannot be used.
    """
    profile = Profile.read(profile_file)
    server = ApiServer(layout.kubeconfig)
    try:
        with console.phase("memory follows demand") as progress:
            place = Place(layout=layout, server=server, processes=Processes(layout=layout, progress=Lines(progress)))
            demonstration = Demonstration(
                place=place,
                target=target.find(server, needed_mib=max(point.usage.memory_mib for point in profile.points)),
                profile=profile,
                profile_file=profile_file.resolve(),
                progress=progress,
                restart_seconds=restart_seconds(),
            )
            with saved(demonstration, output or place.folder, console):
                demonstration.run(tools, lambda settings: console.report(flag_lines(flags(settings))))
                console.table(outcome(demonstration.recording))
                require_one_at_a_time(demonstration.recording)
    except (ApiRefused, ApiUnreachable) as problem:
        raise OperationError(
            f"The API server: {problem}. What was started is ended by the next `make up` or `make down`."
        ) from problem
    return demonstration


def require_one_at_a_time(recording: Recording) -> None:
    """Raises OperationError where more than one node was down at once."""
    if recording.most_down() > 1:
        raise OperationError(
            f"{recording.most_down()} nodes were down at once: their disruption budget let it. "
            "The requests followed, and everything that was started has been ended."
        )


def restart_seconds() -> float:
    """Real seconds within which a node that was evicted is ready again, at the speed of this command."""
    delays, speed = Delays.from_environment(os.environ), Speed.from_environment()
    return SLACK_SECONDS + sum(speed.real(delays.seconds(row)) for row in OF_A_RESTART)


@contextmanager
def saved(demonstration: Demonstration, folder: Path, console: Console) -> Iterator[None]:
    """Writes what was recorded however the block ends. Where that fails too, it is a note: the block's failure counts.

    Raises:
        OperationError: the block ended well, and a file cannot be written.
    """
    try:
        yield
    except BaseException:
        try:
            save(demonstration.recording, folder, console)
        except OperationError as unwritten:
            console.report(f"note: {unwritten}")
        raise
    save(demonstration.recording, folder, console)


def save(recording: Recording, folder: Path, console: Console) -> None:
    """Writes the samples and the picture, if there is anything to write. OperationError where that cannot be."""
    if not recording.samples:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "samples.csv").write_text(table(recording.samples), encoding="utf-8")
        (folder / "picture.svg").write_text(picture(recording.samples, TITLE), encoding="utf-8")
    except OSError as error:
        raise OperationError(
            f"What was recorded cannot be written into {folder}: {error}. Give another folder with "
            '`make demo-vpa ARGS="--output FOLDER"`, or free space or mend the permissions of this one.'
        ) from error
    console.report(f"written: {folder / 'picture.svg'} and {folder / 'samples.csv'}")


def flag_lines(given: Mapping[str, tuple[Flag, ...]]) -> str:
    """Every flag that is not left at its default."""
    lines = ["Every flag that is not left at its default, and why:"]
    for program, its in given.items():
        lines.append(program)
        lines += [f"  --{flag.name}={flag.value}  (default {flag.default}) {flag.reason}" for flag in its]
    return "\n".join(lines)


def outcome(recording: Recording) -> Table:
    """From what to what each node came."""
    shown = Table(
        "node", "restarts", "request", "machine", title=f"At most {recording.most_down()} down", title_justify="left"
    )
    first, last = recording.samples[0], recording.samples[-1]
    for name, restarts in recording.restarts().items():
        before, after = first.pods[name], last.pods[name]
        shown.add_row(
            name,
            str(restarts),
            f"{before.request_mib or 0:.0f} -> {after.request_mib or 0:.0f} MiB",
            f"{before.machine} -> {after.machine}",
        )
    return shown
