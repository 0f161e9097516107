"""The sandbox as a whole: what runs, in which order it starts and stops, and what must be gone after a destroy."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection

from operations.adapters.cluster import Cluster
from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.errors import OperationError
from sandbox import controlplane, engine_folder
from sandbox.controlplane.processes import Command, Processes
from sandbox.dataplane import kwok_command
from sandbox.layout import CHECKOUT, Layout
from sandbox.progress import Lines
from sandbox.simulator.clock import Speed
from sandbox.simulator.store import Store
from sandbox.toolchain import Progress, Toolset, resolve

TOOLS = ("pulumi", "kubectl", "kwok", *controlplane.TOOLS)


def start(layout: Layout, console: Console) -> None:
    """Starts what does not run and leaves alone what does.

    Raises:
        ToolchainError: a tool is missing and cannot be built.
        ControlPlaneError: a process does not start, or a port is taken.
    """
    speed = Speed.from_environment()
    tools = resolve_tools(console)
    with console.phase("control plane") as progress:
        news = Lines(progress)
        controlplane.start(layout, tools, progress=news)
        engine_folder.prepare(layout, engine=tools.path("pulumi"), kubectl=tools.path("kubectl"), schemas=tools.schemas)
        start_data_plane(layout, tools, speed, news)
    # The kubeconfig names a credential plugin, and a real one may be on this machine's PATH.
    os.environ["PATH"] = environment(layout)["PATH"]


def resolve_tools(console: Console) -> Toolset:
    """The engine and the control plane: from PATH, from the cache, or built.

    Raises:
        ToolchainError: a tool is missing and cannot be built.
    """
    with console.phase("tools") as progress:
        return resolve(TOOLS, Lines(progress))


def start_data_plane(layout: Layout, tools: Toolset, speed: Speed, news: Progress) -> None:
    """Starts kwok, which stands in for kubelets, and the simulated data plane."""
    processes = Processes(layout=layout, progress=news)
    processes.start(Command(name="kwok", argv=tuple(kwok_command(layout, tools.path("kwok"), speed))))
    processes.start(
        Command(
            name="dataplane",
            argv=(sys.executable, "-m", "sandbox.dataplane"),
            environment={
                "SANDBOX_HOME": str(layout.root),
                "SANDBOX_SPEED": f"{speed.factor:g}",
                "SANDBOX_DELAYS": os.environ.get("SANDBOX_DELAYS", ""),
                "PYTHONPATH": str(CHECKOUT),
            },
        )
    )


def stop(layout: Layout, console: Console) -> None:
    """Ends every process of this sandbox, last started first. Data stays."""
    with console.phase("stopping") as progress:
        Processes(layout=layout, progress=Lines(progress)).stop()


def environment(layout: Layout) -> dict[str, str]:
    """The engine's environment at the speed of this command."""
    return engine_folder.environment(layout, speed=Speed.from_environment().factor)


def require_nothing_left(layout: Layout, engine: Engine, retained: Collection[str]) -> None:
    """Checks after a destroy what no error would show. `retained` are the disks that stay.

    Raises:
        OperationError: something is left in the state, the simulator or the API server.
    """
    left = [f"in the state: {resource.urn}" for resource in engine.resources()]
    left += [f"in the simulator: {record.id}" for record in Store(layout).all() if record.id not in retained]
    held = Cluster(layout.kubeconfig.read_text()).cloud_backed()
    left += [f"in the API server: volume {volume.name}" for volume in held.volumes if volume.disk not in retained]
    left += [f"in the API server: load balancer {lb.namespace}/{lb.name}" for lb in held.load_balancers]
    if left:
        raise OperationError("The destroy left something behind:\n  " + "\n  ".join(left))
