"""The benchmark of the guardrails: its inputs, its arithmetic, and a small run through the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from guardrails import enforcement, verdicts
from guardrails.control import Environment
from guardrails.exemptions import today
from guardrails.resource import Resource, Stack
from rich.console import Console

from benchmarks import guardrails as benchmark
from benchmarks.guardrails_objects import resources, state, write_manifests
from benchmarks.guardrails_peers import CONFTEST, KYVERNO
from benchmarks.measuring import Measurement
from operations.adapters.manifest_judging import judge


def test_what_is_judged_breaks_no_rule() -> None:
    """A run that is stopped, or that prints what it found, is no measure of one that passes."""
    stack = Stack(
        resources=tuple(
            Resource(type=type_, name=name, urn=f"{type_} {name}", props=props) for type_, name, props in resources(40)
        )
    )
    rules = enforcement.of(Environment.PRODUCTION)
    found = [*verdicts.of_stack(stack, rules, today())]
    for resource in stack.resources:
        found += verdicts.of_resource(resource, rules, today())
    assert [one.text for one in found] == []


def test_sizes_are_kept(tmp_path: Path) -> None:
    urns = [one["urn"] for one in state(resources(50))["deployment"]["resources"]]
    assert len(set(urns)) == 50
    write_manifests(tmp_path / "manifests", 25)
    texts = [path.read_text() for path in (tmp_path / "manifests").iterdir()]
    assert sorted(len(text.split("\n---\n")) for text in texts) == [5, 10, 10]


def test_whole_nodes_pass_as_manifests(tmp_path: Path) -> None:
    write_manifests(tmp_path / "manifests", 20)
    judgement = judge(tmp_path / "manifests", "production")
    assert (judgement.rows, judgement.failures) == ((), ())


def _one(seconds: float) -> Measurement:
    return Measurement(seconds=seconds, peak_mib=100, cpu_seconds=seconds)


def _series(pack: list[float], empty: list[float]) -> benchmark.Series:
    sizes = (100, 1_000, 10_000)
    return {
        size: {"pack": _one(one), "empty": _one(other)} for size, one, other in zip(sizes, pack, empty, strict=True)
    }


def test_what_a_further_resource_costs() -> None:
    series = _series([1, 2.8, 20.8], [1, 2, 12])
    assert benchmark.further(series, "pack", 100) == pytest.approx(10)
    assert benchmark.further(series, "pack", 1_000) == pytest.approx(2)
    assert benchmark.further(series, "pack", 10_000) == pytest.approx(2)


def test_aims_that_are_missed_are_told() -> None:
    assert benchmark.missed({"analyze": _series([1.3, 3.1, 21.1], [1, 2.5, 17])}, {}) == []
    slow, grown = benchmark.missed({"analyze": _series([1.2, 4.2, 50], [1, 2, 40])}, {})
    assert slow.startswith("analyze, 1,000 resources: 2.10 times the empty policy")
    assert grown == "analyze: a further resource costs 1.53 times as much at 10,000 as at 1,000"
    results = {benchmark.OURS: _one(4), CONFTEST.name: _one(9), KYVERNO.name: _one(3)}
    assert benchmark.missed({}, {10_000: results}) == ["10,000 manifests: 1.33 times kyverno; the aim is to be faster"]


def test_the_peers_are_pinned() -> None:
    assert (CONFTEST.version, KYVERNO.version) == ("v0.71.1", "v1.19.1")


@pytest.mark.engine
def test_a_small_run_through_the_engine(tmp_path: Path) -> None:
    found = benchmark.through_the_engine(tmp_path, [20], 1)
    for series in found.values():
        assert set(series[20]) == {"pack", "empty"}
        for one in series[20].values():
            assert one.seconds > 0
            assert one.cpu_seconds > 0
            assert one.peak_mib > 50
    console = Console(width=120)
    with console.capture() as shown:
        console.print(benchmark.table("analyze", found["analyze"], "empty"))
    assert "empty" in shown.get()
