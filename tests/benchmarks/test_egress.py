"""The benchmark of the egress proxy: its arithmetic, and a small run with real squid, nginx and vegeta."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import egress as benchmark
from benchmarks.egress_load import VEGETA, Load, loaded, middle
from benchmarks.egress_tunnels import Memory, Tunnels, carried, descriptors
from components.squid_conf import CONF_FILE
from sandbox.egress import SquidRoot

MS = 1_000_000


def _row(began: int, latency: int, code: int = 200, error: str = "") -> str:
    return f"{began},{code},{latency},0,1024,{error},,,0,GET,http://www.google.com/small,\n"


def test_figures_come_from_every_result_but_the_end_of_the_list() -> None:
    results = "".join(_row(number * MS, (number + 1) * MS) for number in range(100))
    found = loaded(results + _row(99 * MS, 0, 0, "no targets to attack"), 100, 0.01)
    assert found.p50 == pytest.approx(50.5)
    assert found.p99 == pytest.approx(99.99)
    assert found.rate == pytest.approx(100 / 0.199)
    assert found.proxy_cpu == pytest.approx(100)


@pytest.mark.parametrize(
    "failed", ["", _row(0, MS, 503), _row(0, MS, 0, "connection refused")], ids=["missing", "refused", "error"]
)
def test_a_failed_request_is_no_measure(failed: str) -> None:
    with pytest.raises(SystemExit, match="of 3 requests some failed"):
        loaded(_row(0, MS) + _row(0, MS) + failed, 3, 0)


def test_each_figure_has_its_own_median() -> None:
    loads = [Load(rate=rate, p50=p50, p99=p99) for rate, p50, p99 in ((1, 30, 500), (2, 10, 600), (3, 20, 400))]
    assert middle(loads) == Load(rate=2, p50=20, p99=500)


def _tunnels(used: int) -> Tunnels:
    return Tunnels(
        count=1_000,
        none=Memory(resident=25 * 1_024, proportional=15 * 1_024),
        silent=Memory(resident=56 * 1_024, proportional=46 * 1_024),
        used=Memory(resident=used, proportional=used - 10 * 1_024),
    )


def test_a_limit_must_hold_every_tunnel_that_there_are_descriptors_for() -> None:
    conf = "http_port 3128\nmax_filedescriptors 4096\n"
    assert carried(descriptors(conf)) == 2_013
    found = _tunnels(173 * 1_024)
    assert found.kib_each("silent") == pytest.approx(31.744)
    told, enough = benchmark.fits(found, conf, 512)
    assert enough
    assert told == "max_filedescriptors 4,096 lets a proxy carry 2,013 tunnels; all used, they need 323 MiB of 512"
    assert not benchmark.fits(found, conf, 256)[1]


def test_the_limit_is_the_pods() -> None:
    assert benchmark.memory_limit_mib() >= 256
    assert descriptors(benchmark.generated()[CONF_FILE]) > 1_000


def test_a_file_without_a_number_of_descriptors_is_told() -> None:
    with pytest.raises(ValueError, match="no max_filedescriptors"):
        descriptors("http_port 3128\n")


def test_the_load_tool_is_pinned() -> None:
    assert VEGETA.version == "v12.13.0"


@pytest.mark.namespaces
def test_a_small_run(tmp_path: Path, squid: SquidRoot) -> None:
    only = [] if shutil.which("nginx") and VEGETA.path.is_file() else ["--only", "memory"]
    asked = benchmark.parsed(["--requests", "100", "--tunnels", "20", "--repeats", "1", *only])
    console = Console(width=150)
    with console.capture() as shown:
        benchmark.measure(squid, tmp_path, asked, console)
    printed = shown.get()
    assert "20, 1 MiB each way" in printed
    assert only or "HTTPS in CONNECT, 16 at a time" in printed
