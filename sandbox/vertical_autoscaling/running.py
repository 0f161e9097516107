"""Starts the metrics API and the three programs, one after the other, and ends them with all that they need."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.controlplane import Command, Processes, free_ports, read_endpoint
from sandbox.controlplane.certificates import Authority
from sandbox.controlplane.endpoint import write_kubeconfig
from sandbox.controlplane.files import write_private
from sandbox.controlplane.front_proxy import FrontProxy
from sandbox.controlplane.pki import Pki
from sandbox.dataplane.api_server import ApiServer
from sandbox.layout import CHECKOUT, Layout
from sandbox.toolchain import Toolset
from sandbox.vertical_autoscaling import objects
from sandbox.vertical_autoscaling.components import NAMES, PORT_NAMES, Settings

METRICS = "vpa-metrics"
PROCESSES = (METRICS, *NAMES)
"""In order of start."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the programs of one sandbox run."""

    layout: Layout
    server: ApiServer
    processes: Processes

    @property
    def folder(self) -> Path:
        """Kubeconfigs and certificates of the programs, and what a demonstration recorded."""
        return self.layout.root / "vertical-autoscaling"

    @property
    def pki(self) -> Pki:
        """The sandbox's own."""
        return Pki(folder=self.layout.controlplane / "pki")


def prepare(place: Place, tools: Toolset) -> Settings:
    """Gives each program an account, a kubeconfig and ports. Raises ApiRefused, ApiUnreachable, OSError."""
    place.folder.mkdir(parents=True, exist_ok=True)
    objects.store(place.server, objects.rights())
    endpoint = read_endpoint(place.layout.endpoint)
    kubeconfigs = {name: place.folder / f"{name}.kubeconfig" for name in NAMES}
    for name, file in kubeconfigs.items():
        write_kubeconfig(file, endpoint, place.pki.ca, name, objects.token(place.server, name))
    return Settings(
        ports=dict(zip(PORT_NAMES, free_ports(len(PORT_NAMES)), strict=True)),
        kubeconfigs=kubeconfigs,
        tools={name: tools.path(name) for name in NAMES},
        ca=place.pki.ca,
        certificate=place.pki.certificate("server"),
        key=place.pki.key("server"),
    )


def start_metrics(place: Place, *, profile: Path, namespace: str, stateful_set: str) -> float:
    """Starts the metrics API and registers it; returns when the profile began, in seconds since the epoch."""
    authority = Authority.made("p2p-nodes sandbox metrics API")
    certificate, key = place.folder / "metrics.crt", place.folder / "metrics.key"
    authority.write_leaf(certificate, key, objects.METRICS_HOST, [objects.METRICS_HOST])
    write_private(place.folder / "metrics-ca.crt", authority.certificate_pem())
    (port,) = free_ports(1)
    began = time.time()
    arguments = {
        "port": port,
        "certificate": certificate,
        "key": key,
        "client-ca": FrontProxy(folder=place.layout.controlplane / "front-proxy").ca,
        "profile": profile,
        "began": began,
        "namespace": namespace,
        "stateful-set": stateful_set,
    }
    place.processes.start(
        Command(
            name=METRICS,
            argv=(
                sys.executable,
                "-m",
                "sandbox.vertical_autoscaling.metrics_server",
                *(f"--{name}={value}" for name, value in arguments.items()),
            ),
            environment={"PYTHONPATH": str(CHECKOUT)},
        )
    )
    objects.store(place.server, objects.metrics_api(port, authority.certificate_pem()))
    return began


def end(place: Place) -> None:
    """Ends what runs and takes out of the API server what was put there. Raises ApiRefused, ApiUnreachable."""
    place.processes.stop(PROCESSES)
    objects.remove(place.server)


def end_leftovers(place: Place) -> bool:
    """As `end`, where a run was killed; whether it was. Raises ApiRefused, ApiUnreachable."""
    names = {state.name for state in place.processes.states()}
    found = bool(names & set(PROCESSES)) or objects.left_behind(place.server)
    if found:
        end(place)
    return found


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ctrl-C and SIGTERM come to nothing for the block: it must be run whole."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
