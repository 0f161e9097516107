"""The benchmark of further replicas: its state, its arithmetic, and its aims through the real engine."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from rich.console import Console

import settings
from benchmarks import replicas as benchmark
from benchmarks.measuring import Measurement
from benchmarks.replicas_state import with_replicas, with_state_of
from operations.facts import name_of
from sandbox import world
from sandbox.layout import CHECKOUT

URN = "urn:pulumi:s::p2p-nodes::"
SET = f"{URN}kubernetes:apps/v1:StatefulSet::p2p-node"
BUSY = 2.5
"""How many times slower than the benchmark's machine one that runs the suite may be."""
MOST_CPU_SECONDS = 90.0
"""Of a first preview of 1,000 replicas: docs/benchmarks.md has 43. Waiting is not in it, slower cores are."""


def _state() -> dict[str, Any]:
    outputs = {"p2p_addresses": {"p2p-node-0": "203.0.113.1", "p2p-node-1": "203.0.113.2"}}
    spec = {"spec": {"replicas": 2}}
    service = f"{URN}kubernetes:core/v1:Service::p2p-node"
    address = f"{URN}gcp:compute/address:Address::p2p-node"
    return {
        "manifest": {},
        "resources": [
            {"urn": f"{URN}pulumi:pulumi:Stack::p2p-nodes-s", "type": "pulumi:pulumi:Stack", "outputs": outputs},
            {"urn": SET, "type": "kubernetes:apps/v1:StatefulSet", "inputs": spec, "outputs": dict(spec)},
            *(
                {
                    "urn": f"{service}-{n}",
                    "type": "kubernetes:core/v1:Service",
                    "inputs": {"metadata": {"name": f"p2p-node-{n}"}, "host": f"p2p-node-{n}.example.com"},
                    "dependencies": [SET, f"{address}-{n}-address"],
                }
                for n in (0, 1)
            ),
            *({"urn": f"{address}-{n}-address", "type": "gcp:compute/address:Address"} for n in (0, 1)),
        ],
    }


def test_a_state_of_two_is_made_one_of_many() -> None:
    given = _state()
    resources = with_state_of(given, 12)["resources"]
    assert given == _state(), "what was exported serves for other sizes too"
    assert len({one["urn"] for one in resources}) == len(resources) == 2 + 2 * 12
    by_name = {name_of(one["urn"]): one for one in resources}
    assert by_name["p2p-node-11"]["inputs"] == {
        "metadata": {"name": "p2p-node-11"},
        "host": "p2p-node-11.example.com",
    }
    assert by_name["p2p-node-11"]["dependencies"][1].endswith("::p2p-node-11-address")
    assert by_name["p2p-node"]["inputs"]["spec"]["replicas"] == 12
    assert by_name["p2p-nodes-s"]["outputs"]["p2p_addresses"].keys() == {f"p2p-node-{n}" for n in range(12)}


def test_what_others_depend_on_comes_first() -> None:
    urns = [one["urn"] for one in with_state_of(_state(), 3)["resources"]]
    for number in range(3):
        address, service = (
            next(at for at, urn in enumerate(urns) if urn.endswith(f"::p2p-node-{number}{end}"))
            for end in ("-address", "")
        )
        assert address < service


@pytest.mark.parametrize("replicas", [1, *benchmark.SIZES])
def test_the_settings_of_every_size_are_valid(replicas: int) -> None:
    document = with_replicas(yaml.safe_load((CHECKOUT / "Pulumi.sandbox.yaml").read_text()), replicas)
    given = {key.removeprefix("p2p-nodes:"): value for key, value in document["config"].items()}
    loaded = settings.load({key: value for key, value in given.items() if not key.startswith("pulumi:")})
    assert loaded.node.replicas == replicas


def _series(seconds: list[float], mib: float = 1000) -> dict[int, benchmark.Cost]:
    return {
        size: benchmark.Cost(
            resources=78 + 3 * size, measurement=Measurement(seconds=one, peak_mib=mib + size, cpu_seconds=one * 2)
        )
        for size, one in zip(benchmark.SIZES, seconds, strict=True)
    }


def test_what_a_further_replica_costs() -> None:
    series = _series([3, 3.18, 8.58, 32.58])
    assert benchmark.further(series, 2) is None
    for size, seconds in ((20, 0.01), (200, 0.03), (1_000, 0.03)):
        each = benchmark.further(series, size)
        assert each is not None
        assert (each.seconds, each.cpu_seconds, each.peak_mib) == pytest.approx((seconds, 2 * seconds, 1))


def test_aims_that_are_missed_are_told() -> None:
    assert benchmark.missed("first", _series([3, 3.2, 8.6, 32.6], mib=400)) == []
    assert benchmark.missed("first", {2: _series([99] * 4)[2]}) == [], "there is no aim for so few"
    slow, large, grown = benchmark.missed("first", _series([3, 3.2, 8.6, 68.6]))
    assert slow == "first, 1,000 replicas: 68.6 s; the aim is 60 s"
    assert large == "first, 1,000 replicas: 2000 MiB; the aim is 1431 MiB (1.5 GB)"
    assert grown == (
        "first: a further replica costs 150.0 ms of CPU from 200 to 1,000, and 60.0 ms from 20 to 200; "
        "the aim is at most 1.5 times as much"
    )


@pytest.mark.parametrize("kind", benchmark.KINDS)
@pytest.mark.parametrize(
    ("twenty", "two_hundred", "flat"),
    # 800 replicas at 45 ms each, after 180 at 30 ms, at 29 ms, and at less than nothing.
    [(3.0, 8.4, True), (3.0, 8.22, False), (9.0, 8.4, False)],
)
def test_a_further_replica_among_many_costs_what_it_costs_among_few(
    kind: str, twenty: float, two_hundred: float, flat: bool
) -> None:
    series = _series([3, twenty, two_hundred, two_hundred + 800 * 0.0449], mib=400)
    del series[2]
    assert (benchmark.missed(kind, series) == []) is flat


@pytest.fixture
def terminated_as_before() -> Iterator[None]:
    def kill(*_: object) -> None:
        raise SystemExit("killed")

    before = signal.signal(signal.SIGTERM, kill)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("terminated_as_before")
def test_a_benchmark_that_is_terminated_ends_its_control_plane(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[object] = []
    monkeypatch.setenv("SANDBOX_HOME", "")
    monkeypatch.setattr(world, "start", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    monkeypatch.setattr(world, "stop", lambda layout, _: ended.append(layout))
    with pytest.raises(KeyboardInterrupt):
        benchmark.main(["--only", "unchanged"])
    assert len(ended) == 1


@pytest.mark.engine
def test_one_and_a_thousand_replicas_are_previewed_within_the_limits() -> None:
    """As quick as the suite's machine is; `make benchmark-replicas` holds the aim itself against a quiet one."""
    one, two, thousand = (benchmark.measure("first", replicas, 1) for replicas in (1, 2, 1_000))
    each = two.resources - one.resources
    assert thousand.resources == one.resources + 999 * each
    assert thousand.measurement.seconds < benchmark.MOST_SECONDS * BUSY
    assert thousand.measurement.cpu_seconds < MOST_CPU_SECONDS
    assert thousand.measurement.peak_mib < benchmark.MOST_MIB
    console = Console(width=120)
    with console.capture() as shown:
        console.print(benchmark.table("first", {1: one, 2: two, 1_000: thousand}))
    assert "1,000" in shown.get()
