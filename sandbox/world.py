"""The sandbox as a whole: what runs, and in which order it starts and stops."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from operations.adapters.console import Console
from sandbox import controlplane, engine_folder
from sandbox.controlplane import ControlPlaneError
from sandbox.controlplane.processes import Command, Processes
from sandbox.dataplane import kwok_command
from sandbox.dataplane.api_server import ApiRefused, ApiServer, ApiUnreachable
from sandbox.files import usable
from sandbox.layout import CHECKOUT, Layout
from sandbox.progress import Lines
from sandbox.simulator.clock import Speed
from sandbox.toolchain import Progress, Toolset, resolve
from sandbox.vertical_autoscaling.running import PROCESSES, Place, end_leftovers
from sandbox.watching import require_alive

DATA_PLANE = ("kwok", "dataplane")
TOOLS = ("pulumi", "kubectl", "kwok", *controlplane.TOOLS)


def start(layout: Layout, console: Console) -> None:
    """Starts what does not run and leaves alone what does.

    Raises:
        ToolchainError: a tool is missing and cannot be built.
        ControlPlaneError: a process does not start, or ends at once, or a port is taken.
        OperationError: the sandbox's folder cannot be written, or a file that the engine needs cannot be read.
    """
    speed = Speed.from_environment()
    tools = resolve_tools(console)
    with console.phase("control plane") as progress:
        news = Lines(progress)
        controlplane.start(layout, tools, progress=news)
        plugins = engine_folder.prepare(
            layout, engine=tools.path("pulumi"), kubectl=tools.path("kubectl"), schemas=tools.schemas
        )
        if plugins["kubernetes"] != layout.plugins / "kubernetes":
            progress.notes(f"kubernetes plugin: {official(plugins['kubernetes'])}")
        start_data_plane(layout, tools, speed, news)
        end_demonstration(layout, news)
    # The kubeconfig names a credential plugin, and a real one may be on this machine's PATH.
    os.environ["PATH"] = environment(layout)["PATH"]


def resolve_tools(console: Console, names: Iterable[str] = TOOLS) -> Toolset:
    """The engine and the control plane, or what is named of them: from PATH, from the cache, or built.

    Raises:
        ToolchainError: a tool is missing and cannot be built.
    """
    with console.phase("tools") as progress:
        return resolve(names, Lines(progress))


def start_data_plane(layout: Layout, tools: Toolset, speed: Speed, news: Progress) -> None:
    """Starts kwok, which stands in for kubelets, and the simulated data plane; nothing works without them.

    Raises:
        ControlPlaneError: one of them cannot be run or ends at once.
        OperationError: the sandbox's folder cannot be written.
    """
    processes = Processes(layout=layout, progress=news)
    with usable(layout):
        ran = {state.pid for state in processes.states()}
        kwok = Command(name="kwok", argv=tuple(kwok_command(layout, tools.path("kwok"), speed)))
        began = [processes.start(kwok), processes.start(data_plane(layout, speed))]
        require_alive(processes, [state.name for state in began if state.pid not in ran])


def end_demonstration(layout: Layout, news: Progress) -> None:
    """Ends what a killed `make demo-vpa` left: an API that nobody answers keeps namespaces from being deleted.

    Raises:
        ControlPlaneError: the API server does not let it.
    """
    processes = Processes(layout=layout, progress=news)
    try:
        if end_leftovers(Place(layout=layout, server=ApiServer(layout.kubeconfig), processes=processes)):
            news.report("demo-vpa", "removed", "what an interrupted run had left")
    except (ApiRefused, ApiUnreachable) as problem:
        raise ControlPlaneError(
            f"What a killed `make demo-vpa` left cannot be removed: {problem}. Run the command again."
        ) from problem


def data_plane(layout: Layout, speed: Speed) -> Command:
    """How the simulated data plane is run."""
    return Command(
        name="dataplane",
        argv=(sys.executable, "-m", "sandbox.dataplane"),
        environment={
            "SANDBOX_HOME": str(layout.root),
            "SANDBOX_SPEED": f"{speed.factor:g}",
            "SANDBOX_DELAYS": os.environ.get("SANDBOX_DELAYS", ""),
            "PYTHONPATH": str(CHECKOUT),
        },
    )


def official(folder: Path) -> str:
    """What is said about a kubernetes plugin that is not the sandbox's own."""
    answer = engine_folder.version_of(folder / "pulumi-resource-kubernetes") or "it tells no version"
    return f"the official one in {folder} ({answer}); the program is written for v{version('pulumi-kubernetes')}"


def stop(layout: Layout, console: Console) -> None:
    """Ends every process of this sandbox, those that use the control plane first. Data stays.

    Raises:
        OperationError: the sandbox's folder cannot be written.
    """
    with console.phase("stopping") as progress, usable(layout):
        news = Lines(progress)
        Processes(layout=layout, progress=news).stop((*DATA_PLANE, *PROCESSES))
        controlplane.stop(layout, progress=news)


def environment(layout: Layout) -> dict[str, str]:
    """The engine's environment at the speed of this command."""
    return engine_folder.environment(layout, speed=Speed.from_environment().factor)
