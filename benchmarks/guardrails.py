"""What the guardrails cost, beside the least that a pack in Python costs and beside other judges of manifests.

Run it with `make benchmark-guardrails`. Each figure is a whole process; those that are compared take turns, and the
median of each counts. The inputs break no rule: a run that is stopped is over sooner or prints more.

Processor time decides on the aims, and wall time is shown beside it. On a machine that does other work too, whole
processes wait for others, and what both wait for hides what one of them costs more.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console as RichConsole
from rich.table import Table

from benchmarks.guardrails_objects import resources, state, write_manifests
from benchmarks.guardrails_peers import CONFTEST, KYVERNO
from benchmarks.measuring import Measurement, measured, middle
from sandbox.engine_folder import environment, prepare_engine
from sandbox.layout import CHECKOUT, Layout
from sandbox.toolchain import resolve

SIZES = (100, 1_000, 10_000)
LARGEST_PREVIEW = 1_000
"""The program declares each resource by a call of its own and waits for it: larger ones take minutes."""
REPEATS = {100: 7, 1_000: 5}
FEWEST_REPEATS = 3

MOST_TIMES_EMPTY = 1.3
"""The aim for the whole pack, as a multiple of one empty policy on the same resources."""
TOLERANCE = 0.1
"""What a busy machine may add to that before the command fails."""
MOST_GROWTH = 1.3
"""What a further resource may cost at the largest size, as a multiple of its cost at the size before."""

EMPTY = CHECKOUT / "benchmarks" / "empty_pack"
WHOLE = CHECKOUT / "policies"
OURS = "check --manifests"

Results = Mapping[str, Measurement]
Series = dict[int, Results]
"""By size, then by what was run."""


def in_turns(commands: Mapping[str, Sequence[str]], repeats: int, env: Mapping[str, str] | None = None) -> Results:
    """Runs each command `repeats` times, one after the other, and gives the medians."""
    runs: dict[str, list[Measurement]] = {name: [] for name in commands}
    for _ in range(repeats):
        for name, command in commands.items():
            runs[name].append(measured(command, what=name, cwd=CHECKOUT, environment=env))
    return {name: middle(measurements) for name, measurements in runs.items()}


def through_the_engine(home: Path, sizes: Sequence[int], repeats: int | None) -> dict[str, Series]:
    """`pulumi policy analyze` over a state file, and a preview; the whole pack and the one with an empty policy."""
    layout = Layout(root=home)
    prepare_engine(layout, resolve(["pulumi"]).path("pulumi"))
    env = {**os.environ, **environment(layout, speed=1)}
    found: dict[str, Series] = {"analyze": {}, "preview": {}}
    for size in sizes:
        file = home / f"state-{size}.json"
        file.write_text(json.dumps(state(resources(size))), encoding="utf-8")
        analyze = [str(layout.bin / "pulumi"), "policy", "analyze", "--file", str(file), "--json", "--policy-pack"]
        preview = [sys.executable, "-m", "benchmarks.guardrails_preview"]
        packs = {"pack": str(WHOLE), "empty": str(EMPTY)}
        times = repeats or REPEATS.get(size, FEWEST_REPEATS)
        found["analyze"][size] = in_turns({name: [*analyze, pack] for name, pack in packs.items()}, times, env)
        if size <= LARGEST_PREVIEW:
            previews = {name: [*preview, pack, str(size)] for name, pack in packs.items()}
            found["preview"][size] = in_turns(previews, times, env)
    return found


def over_manifests(home: Path, sizes: Sequence[int], repeats: int | None) -> Series:
    """`check --manifests` beside conftest and kyverno on the same files."""
    for peer in (CONFTEST, KYVERNO):
        peer.build()
    found: Series = {}
    for size in sizes:
        folder = home / f"manifests-{size}"
        write_manifests(folder, size)
        commands = {
            OURS: [sys.executable, "-m", "operations", "check", "--manifests", str(folder)],
            CONFTEST.name: CONFTEST.command(folder),
            KYVERNO.name: KYVERNO.command(folder),
        }
        found[size] = in_turns(commands, repeats or REPEATS.get(size, FEWEST_REPEATS))
    return found


def further(series: Series, name: str, size: int) -> float:
    """Processor time in ms for each resource beyond those of the next smaller size, or for each one at the smallest."""
    smaller = max((other for other in series if other < size), default=None)
    fewer, seconds = (smaller, series[smaller][name].cpu_seconds) if smaller else (0, 0.0)
    return (series[size][name].cpu_seconds - seconds) / (size - fewer) * 1000


def table(title: str, series: Series, base: str) -> Table:
    """Every figure, with what it is of the base's on the same resources."""
    result = Table(
        "resources", "run", "s", "ratio", "CPU s", "ratio", "CPU ms each further", "MiB", "ratio", title=title
    )
    for size, results in series.items():
        for name, one in results.items():
            other = results[base]
            result.add_row(
                f"{size:,}",
                name,
                f"{one.seconds:.2f}",
                f"{one.seconds / other.seconds:.2f}",
                f"{one.cpu_seconds:.2f}",
                f"{one.cpu_seconds / other.cpu_seconds:.2f}",
                f"{further(series, name, size):.2f}",
                # A process that is over before the first sample has none.
                f"{one.peak_mib:.0f}" if one.peak_mib else "",
                f"{one.peak_mib / other.peak_mib:.2f}" if one.peak_mib and other.peak_mib else "",
            )
    return result


def missed(engine: Mapping[str, Series], manifests: Series) -> list[str]:
    """The aims that were missed, one sentence each."""
    told = []
    for kind, series in engine.items():
        for size, results in series.items():
            ratio = results["pack"].cpu_seconds / results["empty"].cpu_seconds
            if ratio > MOST_TIMES_EMPTY + TOLERANCE:
                told.append(
                    f"{kind}, {size:,} resources: {ratio:.2f} times the empty policy; the aim is {MOST_TIMES_EMPTY}"
                )
        if len(series) >= 3:
            *_, before, largest = series
            growth = further(series, "pack", largest) / further(series, "pack", before)
            if growth > MOST_GROWTH + TOLERANCE:
                told.append(
                    f"{kind}: a further resource costs {growth:.2f} times as much at {largest:,} as at {before:,}"
                )
    if manifests:
        largest = max(manifests)
        for peer in (CONFTEST.name, KYVERNO.name):
            ratio = manifests[largest][OURS].cpu_seconds / manifests[largest][peer].cpu_seconds
            if ratio > 1:
                told.append(f"{largest:,} manifests: {ratio:.2f} times {peer}; the aim is to be faster")
    return told


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, prints, and exits with the aims that were missed."""
    parser = argparse.ArgumentParser(prog="benchmarks.guardrails", description=__doc__)
    parser.add_argument("--only", choices=["engine", "manifests"])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeats", type=int, help="instead of more for small sizes and fewer for large ones")
    asked = parser.parse_args(arguments)
    console = RichConsole(width=None if sys.stdout.isatty() else 120)
    engine: dict[str, Series] = {}
    manifests: Series = {}
    with tempfile.TemporaryDirectory(prefix="p2p-nodes-benchmark-") as folder:
        home = Path(folder).resolve()
        if asked.only != "manifests":
            engine = through_the_engine(home, asked.sizes, asked.repeats)
            for kind, series in engine.items():
                console.print(table(f"{kind}: the whole pack and one empty policy", series, "empty"))
        if asked.only != "engine":
            manifests = over_manifests(home, asked.sizes, asked.repeats)
            console.print(table("manifests", manifests, OURS))
    if told := missed(engine, manifests):
        sys.exit("\n".join(told))


if __name__ == "__main__":
    main()
