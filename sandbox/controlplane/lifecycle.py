"""Starts, looks at and stops the real Kubernetes control plane of one sandbox."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox import gke
from sandbox.controlplane.api import Api
from sandbox.controlplane.commands import (
    API_SERVER,
    CONTROLLER_MANAGER,
    ETCD,
    ETCD_PEER,
    NAMES,
    PORT_NAMES,
    SCHEDULER,
    ControlPlaneSettings,
    commands,
    kubeconfig_path,
)
from sandbox.controlplane.crds import apply_crds, apply_policies, read_crds, read_policies, served
from sandbox.controlplane.endpoint import Endpoint, make_endpoint, read_endpoint, write_endpoint, write_kubeconfig
from sandbox.controlplane.errors import ControlPlaneError
from sandbox.controlplane.front_proxy import ensure_front_proxy
from sandbox.controlplane.pki import Pki, ensure_pki
from sandbox.controlplane.ports import refuse_taken, remembered_ports
from sandbox.controlplane.processes import Processes, ProcessState
from sandbox.controlplane.waiting import wait_until
from sandbox.layout import Layout
from sandbox.toolchain import Progress, Silent, Toolset

TOOLS = (*NAMES, "schemas")
"""What `resolve` must be asked for before `start`."""

_DEFAULT_ACCOUNT = "/api/v1/namespaces/default/serviceaccounts/default"


@dataclass(frozen=True, kw_only=True)
class StartOptions:
    """`service_range` is the CIDR of cluster IPs; `limit_seconds` bounds each wait."""

    service_range: str = "10.20.0.0/20"
    limit_seconds: float = 120.0


@dataclass(frozen=True, kw_only=True)
class ControlPlaneStatus:
    """The four processes (those never started are not in it) and whether the API server says it is ready."""

    processes: tuple[ProcessState, ...]
    ready: bool
    server: str | None


def start(
    layout: Layout, toolset: Toolset, options: StartOptions | None = None, progress: Progress | None = None
) -> Endpoint:
    """Starts what does not run, with the data that is there, and returns once the API server serves the CRDs as well.

    Raises ControlPlaneError: a port taken, a process that ends, a limit passed, a folder that cannot be written.
    """
    try:
        return _start(layout, toolset, options or StartOptions(), progress or Silent())
    except OSError as problem:
        raise ControlPlaneError(
            f"The control plane in {layout.controlplane} cannot be started: {problem}. What already runs was "
            f"left running. Check that the folder can be written and the disk has space, then run the command again."
        ) from problem


def stop(layout: Layout, progress: Progress | None = None) -> tuple[str, ...]:
    """Ends the four processes, etcd last, and returns the names of those that ran. Data and ports are kept."""
    return Processes(layout=layout, progress=progress or Silent()).stop(NAMES)


def status(layout: Layout) -> ControlPlaneStatus:
    """What runs now, asked of the processes and of the API server itself."""
    states = tuple(state for state in Processes(layout=layout).states() if state.name in NAMES)
    try:
        endpoint = read_endpoint(layout.endpoint)
        port = int(endpoint.host.rpartition(":")[2])
    except (ControlPlaneError, ValueError):
        return ControlPlaneStatus(processes=states, ready=False, server=None)
    api = Api(port, Pki(folder=layout.controlplane / "pki").ca, endpoint.token)
    alive = any(state.name == API_SERVER and state.state == "running" for state in states)
    # Whoever listens there after our API server died must not be given the token.
    ready = alive and _not_ok(api, "/readyz") is None
    return ControlPlaneStatus(processes=states, ready=ready, server=endpoint.server)


def _start(layout: Layout, toolset: Toolset, options: StartOptions, news: Progress) -> Endpoint:
    began = time.monotonic()
    layout.controlplane.mkdir(parents=True, exist_ok=True)
    processes = Processes(layout=layout, progress=news)
    ports = remembered_ports(
        layout.controlplane / "ports.json",
        PORT_NAMES,
        _published_port(layout),
        lambda text: news.report("ports", "repaired", text),
    )
    _refuse_taken(layout, processes, ports)
    pki = ensure_pki(layout.controlplane / "pki")
    endpoint = _write_access(layout, pki, ports)
    settings = ControlPlaneSettings(
        folder=layout.controlplane,
        toolset=toolset,
        pki=pki,
        front_proxy=ensure_front_proxy(layout.controlplane / "front-proxy"),
        ports=ports,
        service_range=options.service_range,
    )
    wanted = {command.name: command for command in commands(settings)}
    processes.stop_changed(wanted.values())
    # The API server waits for etcd by itself; both load while the other does.
    for name in (ETCD, API_SERVER):
        processes.start(wanted[name])
    api = Api(ports[API_SERVER], pki.ca, endpoint.token)

    def wait(what: str, check: Callable[[], str | None], alive: tuple[str, ...]) -> None:
        wait_until(check, what=what, alive=alive, processes=processes, limit_seconds=options.limit_seconds)

    wait("A ready API server", lambda: _not_ok(api, "/readyz"), (ETCD, API_SERVER))
    news.report(API_SERVER, "ready", endpoint.server)
    for name in (CONTROLLER_MANAGER, SCHEDULER):
        processes.start(wanted[name])
    crds = read_crds(toolset.schemas / "crds", gke.FOLDER)
    apply_crds(api, crds)
    apply_policies(api, read_policies(gke.FOLDER))
    wait("The custom resources", served(api, crds), (ETCD, API_SERVER))
    for name in (CONTROLLER_MANAGER, SCHEDULER):
        server = Api(ports[name], pki.ca)
        wait(f"A healthy {name}", lambda server=server: _not_ok(server, "/healthz"), NAMES)  # type: ignore[misc]
    # Healthy only says that it serves; a service account says that its controllers act, and pods need one.
    wait("A default service account", lambda: _not_ok(api, _DEFAULT_ACCOUNT), NAMES)
    news.report("control plane", "ready", f"{time.monotonic() - began:.1f} s")
    return endpoint


def _not_ok(api: Api, path: str) -> str | None:
    answer = api.get(path)
    return None if answer.status == 200 else f"{answer.status} {answer.text}"


def _published_port(layout: Layout) -> dict[str, int]:
    try:
        return {API_SERVER: int(read_endpoint(layout.endpoint).host.rpartition(":")[2])}
    except (ControlPlaneError, ValueError):
        return {}


def _refuse_taken(layout: Layout, processes: Processes, ports: dict[str, int]) -> None:
    processes.find_lost()
    alive = {state.name for state in processes.states() if state.state == "running"}
    owners = {name: ETCD if name == ETCD_PEER else name for name in PORT_NAMES}
    refuse_taken({name: port for name, port in ports.items() if owners[name] not in alive}, layout.root)


def _write_access(layout: Layout, pki: Pki, ports: dict[str, int]) -> Endpoint:
    endpoint = make_endpoint(ports[API_SERVER], pki.ca, pki.token("admin"))
    write_endpoint(layout.endpoint, endpoint)
    write_kubeconfig(layout.kubeconfig, endpoint, pki.ca, "admin", endpoint.token)
    for name in (CONTROLLER_MANAGER, SCHEDULER):
        user = f"system:{name}"
        write_kubeconfig(kubeconfig_path(pki, user), endpoint, pki.ca, user, pki.token(user))
    return endpoint
