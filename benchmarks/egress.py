"""What the egress proxy costs: requests a second, latency, processor time and memory, beside the direct way.

Run it as root with `make benchmark-egress`. A pod, the proxy and a web server are in network namespaces of this
machine, joined by a router: the sandbox's egress laboratory. squid runs the generated file as its pod runs it, the web
server is nginx with one worker, the client is vegeta. All three share the machine's cores: what is measured is one way
beside the other, and none of the three alone. The ways take turns.

`kept` is the generated file with the clients' connections kept open, which it does not do (components/squid_conf.py).
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.egress_load import VEGETA, Load, attack, middle
from benchmarks.egress_server import SMALL, Server, serving
from benchmarks.egress_tunnels import Tunnels, carried, descriptors, echoing, open_tunnels
from components.egress_pod import egress_pod
from components.squid_conf import CONF_FILE, configuration
from sandbox.egress import Laboratory, LaboratoryError, Proxy, SquidRoot, laboratory, squid_roots
from sandbox.egress.namespaces import Namespace
from settings import EgressSettings

NAME, SERVER = "www.google.com", "203.0.114.10"
ECHO, ECHO_SERVER = "echo.example.com", "203.0.114.11"
PODS = [f"10.65.0.{number}" for number in (10, 11, 12, 13)]
CLIENTS = [IPv4Network("10.64.0.0/14")]
KEPT = "client_persistent_connections on\n"
DIRECT, PROXY, KEPT_WAY = "direct", "squid", "kept"

SCHEMES = {"http": "HTTP", "https": "HTTPS in CONNECT"}
AT_ONCE = (1, 16)
UNLOADED_SHARE = 0.2
"""Of the requests, for one at a time: that shows the latency that is added where nothing waits for anything."""
WARM_UP = 500


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of load."""

    scheme: str
    at_once: int

    @property
    def ways(self) -> tuple[str, ...]:
        """Those that take turns; a tunnel is kept by whatever file."""
        return (DIRECT, PROXY, KEPT_WAY) if self.scheme == "http" else (DIRECT, PROXY)

    def __str__(self) -> str:
        return f"{SCHEMES[self.scheme]}, {self.at_once} at a time"


Runs = Mapping[Kind, Mapping[str, Sequence[Load]]]
"""By the kind of load and the way, in order."""


def generated() -> dict[str, str]:
    """The files as the component generates them, by name."""
    return configuration(port=3128, clients=CLIENTS, health_checkers=[], allowed_domains=[NAME, ECHO], drain_seconds=10)


def started(lab: Laboratory, squid: SquidRoot, *, number: int, more: str = "") -> Proxy:
    """A proxy with those files, `more` lines at the end of squid.conf."""
    files = generated()
    return lab.proxy(files.pop(CONF_FILE) + more, squid=squid, number=number, files=files)


def speed(
    pod: Namespace, server: Server, proxies: Mapping[str, Proxy], folder: Path, requests: int, repeats: int
) -> Runs:
    """Every kind of load on every way, so many times."""
    kinds = [Kind(scheme=scheme, at_once=at_once) for scheme in SCHEMES for at_once in AT_ONCE]
    found: dict[Kind, dict[str, list[Load]]] = {kind: {way: [] for way in kind.ways} for kind in kinds}
    for number in range(repeats + 1):
        for kind in kinds:
            for way in kind.ways:
                count = round(requests * UNLOADED_SHARE) if kind.at_once == 1 else requests
                load = attack(
                    pod,
                    f"{kind.scheme}://{NAME}/small",
                    requests=count if number else WARM_UP,
                    at_once=kind.at_once,
                    ca_file=server.ca_file,
                    proxy=proxies.get(way),
                    folder=folder,
                )
                found[kind][way] += [load] if number else []
    return found


def speed_table(squid: SquidRoot, runs: Runs) -> Table:
    """The median of each figure with the least and the most, and ratios and differences of the medians."""
    head = ("load", "way", "requests/s", "ratio", "p50 ms", "added", "p99 ms", "added", "squid's CPU µs")
    table = Table(*head, title=f"squid {squid.version}: answers of {SMALL:,} bytes")
    table.columns[0].no_wrap = True
    for kind, ways in runs.items():
        base = middle(ways[DIRECT])
        for way, loads in ways.items():
            one, direct = middle(loads), way == DIRECT
            table.add_row(
                str(kind) if direct else "",
                way,
                spread(one.rate, [load.rate for load in loads], 0),
                "" if direct else f"{one.rate / base.rate:.2f}",
                spread(one.p50, [load.p50 for load in loads], 2),
                "" if direct else f"{one.p50 - base.p50:+.2f}",
                spread(one.p99, [load.p99 for load in loads], 2),
                "" if direct else f"{one.p99 - base.p99:+.2f}",
                "" if direct else f"{one.proxy_cpu:.0f}",
            )
        table.add_section()
    return table


def spread(median: float, values: Sequence[float], digits: int) -> str:
    """As `12.3 (11.0-14.2)`."""
    return f"{median:,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def tunnels_table(squid: SquidRoot, runs: Sequence[Tunnels]) -> Table:
    """Memory before, and of each further tunnel; the median run's, with the least and the most."""
    table = Table("tunnels", "resident MiB", "PSS MiB", "MiB per 1,000", title=f"squid {squid.version}: open tunnels")
    states = {"none": "none", "silent": "{:,} silent", "used": "{:,}, 1 MiB each way"}
    for state, label in states.items():
        each = [] if state == "none" else [one.kib_each(state) * 1_000 / 1_024 for one in runs]
        one = median_run(runs, state)
        table.add_row(
            label.format(one.count),
            f"{getattr(one, state).resident / 1_024:.0f}",
            f"{getattr(one, state).proportional / 1_024:.0f}",
            spread(sorted(each)[len(each) // 2], each, 0) if each else "",
        )
    return table


def median_run(runs: Sequence[Tunnels], state: str) -> Tunnels:
    """The one in the middle by the memory in this state; of an even number, the larger of two."""
    return sorted(runs, key=lambda one: getattr(one, state).proportional)[len(runs) // 2]


def memory_limit_mib() -> float:
    """The pod's, as the component has it."""
    spec = egress_pod(EgressSettings(), config_map="unused", machines={}).spec
    limit = spec.containers[0].resources.limits["memory"]  # type: ignore[index,union-attr]
    return float(str(limit).removesuffix("Mi"))


def fits(worst: Tunnels, conf: str, limit_mib: float) -> tuple[str, bool]:
    """Whether a proxy whose every tunnel was used stays below the limit, and a sentence that says so."""
    most = carried(descriptors(conf))
    needed = (worst.none.resident + most * worst.kib_each("used")) / 1_024
    told = (
        f"max_filedescriptors {descriptors(conf):,} lets a proxy carry {most:,} tunnels; all used, they need "
        f"{needed:,.0f} MiB of {limit_mib:,.0f}"
    )
    return told, needed <= limit_mib


def measure(squid: SquidRoot, folder: Path, asked: argparse.Namespace, console: Console) -> list[str]:
    """Measures one squid, prints, and returns what was missed."""
    with laboratory(folder / "laboratory") as lab:
        pods = [lab.host(f"pod{number}", address) for number, address in enumerate(PODS)]
        # Where a connection serves one request, one client's ports would run out, which many clients' do not.
        pods[0].kernel({"ipv4/ip_local_port_range": "1024 65535", "ipv4/tcp_tw_reuse": "1"})
        if asked.only != "memory":
            lab.names.answer(NAME, [SERVER], ttl=3_600)
            proxies = {
                PROXY: started(lab, squid, number=1),
                KEPT_WAY: started(lab, squid, number=2, more=KEPT),
            }
            with serving(lab.host("nginx", SERVER), folder / "nginx", NAME) as server:
                console.print(f"squid {squid.version}, nginx {server.version}, vegeta {VEGETA.version}")
                runs = speed(pods[0], server, proxies, folder, asked.requests, asked.repeats)
            console.print(speed_table(squid, runs))
        if asked.only == "speed":
            return []
        lab.names.answer(ECHO, [ECHO_SERVER], ttl=3_600)
        with echoing(lab.host("echo", ECHO_SERVER)):
            tunnels = [_tunnels(lab, squid, pods, asked.tunnels, number) for number in range(asked.repeats)]
    console.print(tunnels_table(squid, tunnels))
    told, enough = fits(max(tunnels, key=lambda one: one.kib_each("used")), generated()[CONF_FILE], memory_limit_mib())
    console.print(told)
    return [] if enough else [f"squid {squid.version}: {told}"]


def _tunnels(lab: Laboratory, squid: SquidRoot, pods: Sequence[Namespace], count: int, number: int) -> Tunnels:
    proxy = started(lab, squid, number=3 + number)
    try:
        return open_tunnels(pods, proxy, ECHO, count)
    finally:
        proxy.close()


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="benchmarks.egress", description=__doc__)
    parser.add_argument("--only", choices=("speed", "memory"))
    parser.add_argument("--requests", type=int, default=10_000, help="of each run with 16 at a time")
    parser.add_argument("--tunnels", type=int, default=1_000)
    parser.add_argument("--repeats", type=int, default=5)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures every squid there is, prints, and exits with what was missed."""
    asked = parsed(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as CI ends a job: no namespace may stay
    console = Console(width=None if sys.stdout.isatty() else 150)
    VEGETA.build()
    missed: list[str] = []
    try:
        for squid in squid_roots():
            with tempfile.TemporaryDirectory(prefix="p2p-nodes-benchmark-") as folder:
                missed += measure(squid, Path(folder), asked, console)
    except LaboratoryError as error:
        sys.exit(str(error))
    if missed:
        sys.exit("\n".join(missed))


if __name__ == "__main__":
    main()
