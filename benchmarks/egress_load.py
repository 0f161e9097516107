"""A fixed number of requests, as fast as they are answered, by vegeta."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import psutil

from benchmarks.go_program import GoProgram
from sandbox.egress import Proxy
from sandbox.egress.namespaces import Namespace

VEGETA = GoProgram(
    folder=Path(__file__).parent / "vegeta",
    module="github.com/tsenart/vegeta/v12",
    package="github.com/tsenart/vegeta/v12",
    stamp="main.Version",
)
_LONGEST_SECONDS = 300
_BEGAN, _CODE, _LATENCY, _ERROR = 0, 1, 2, 5
"""Columns of its results; times are nanoseconds."""
_NO_MORE = "no targets to attack"
"""The last result of a run that ends with its list of targets; it is no request."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """One run. Every request was answered with 200."""

    rate: float
    """Answers a second."""
    p50: float
    """Half of the answers took no longer; milliseconds."""
    p99: float
    """99 in 100 took no longer; milliseconds."""
    proxy_cpu: float = 0.0
    """Processor time that the proxy took for a request; microseconds."""


def attack(
    namespace: Namespace, url: str, *, requests: int, at_once: int, ca_file: Path, proxy: Proxy | None, folder: Path
) -> Load:
    """Asks for the URL from this namespace, through the proxy if there is one; connections are kept where they may be.

    Exits if any request fails.
    """
    targets, results = folder / "targets", folder / "results"
    targets.write_text(f"GET {url}\n" * requests, encoding="ascii")
    command = [
        str(VEGETA.path), "attack", "-targets", str(targets), "-lazy", "-output", str(results), "-http2=false",
        "-rate", "0", "-max-workers", str(at_once), "-workers", str(at_once), "-connections", str(at_once),
        "-root-certs", str(ca_file), "-max-body", "0",
    ]  # fmt: skip
    environment = {"http_proxy": proxy.url, "https_proxy": proxy.url} if proxy else {}
    before = _cpu_seconds(proxy)
    ran = namespace.run(command, environment=environment, timeout=_LONGEST_SECONDS)
    used = _cpu_seconds(proxy) - before
    if ran.returncode:
        sys.exit(f"vegeta failed:\n{ran.stderr}")
    told = subprocess.run([VEGETA.path, "encode", "-to", "csv", results], capture_output=True, text=True, check=True)
    return loaded(told.stdout, requests, used)


def loaded(results: str, requests: int, cpu_seconds: float) -> Load:
    """What the results of vegeta say, as CSV. Exits if any request failed."""
    rows = [row for row in csv.reader(io.StringIO(results)) if row[_ERROR] != _NO_MORE]
    codes = Counter(row[_CODE] for row in rows)
    if codes != {"200": requests}:
        sys.exit(
            f"of {requests:,} requests some failed: {dict(codes)} { {row[_ERROR] for row in rows if row[_ERROR]} }"
        )
    began = [int(row[_BEGAN]) for row in rows]
    latencies = [int(row[_LATENCY]) for row in rows]
    ended = max(began + latency for began, latency in zip(began, latencies, strict=True))
    hundredths = quantiles(latencies, n=100)
    return Load(
        rate=requests / (ended - min(began)) * 1e9,
        p50=hundredths[49] / 1e6,
        p99=hundredths[98] / 1e6,
        proxy_cpu=cpu_seconds / requests * 1e6,
    )


def middle(loads: Sequence[Load]) -> Load:
    """The median of each figure by itself."""
    return Load(
        rate=median(one.rate for one in loads),
        p50=median(one.p50 for one in loads),
        p99=median(one.p99 for one in loads),
        proxy_cpu=median(one.proxy_cpu for one in loads),
    )


def _cpu_seconds(proxy: Proxy | None) -> float:
    if proxy is None:
        return 0.0
    times = psutil.Process(proxy.pid).cpu_times()
    return float(times.user + times.system)
