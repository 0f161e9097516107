"""What a further replica costs in a preview: resources, seconds, processor time and memory.

Run it with `make benchmark-replicas`. `first` is a stack's first preview, where nothing exists: everything is to be
created, and no cluster is there to ask. `unchanged` is the preview of a stack whose state holds every replica. Each is
a process of its own with everything that it starts: engine, plugins, policy pack and program. What it costs further is
the difference to the size before, over the replicas between.

The state of many replicas is written, not run: a stack is brought up with two, and what belongs to the second of them
is repeated under the names of the others. That the preview then finds nothing to change shows that it is the same.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from pulumi import automation
from rich.console import Console as RichConsole
from rich.table import Table

from benchmarks.measuring import Measurement, measured, middle
from benchmarks.replicas_state import BROUGHT_UP, with_replicas, with_state_of
from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.commands.preview import judged_preview
from operations.commands.up import up
from sandbox import world
from sandbox.checking import TOOLS, open_from_scratch
from sandbox.ending import leave
from sandbox.engine_folder import STACK
from sandbox.layout import CHECKOUT, Layout
from sandbox.session import open_engine
from sandbox.toolchain import resolve

SIZES = (2, 20, 200, 1_000)
KINDS = ("first", "unchanged")

MOST_SECONDS = 60.0
MOST_MIB = 1.5e9 / 2**20
"""The aims at 1,000 replicas."""
MOST_GROWTH = 1.5
FLAT = (20, 200, 1_000)
"""A further replica between the last two of these sizes may cost at most MOST_GROWTH times the processor time of one
between the first two. The tolerance is for single runs beside other work: docs/benchmarks.md has 1.1
times as much for both kinds."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A preview of so many replicas, and how many resources it was of."""

    resources: int
    measurement: Measurement


Series = Mapping[int, Cost]
"""By the number of replicas."""


def ask_for(replicas: int, engine: Engine) -> None:
    """Writes the number into the engine's own copy of the stack's file."""
    path = Path(engine.stack.workspace.work_dir) / f"Pulumi.{engine.name}.yaml"
    path.write_text(yaml.safe_dump(with_replicas(yaml.safe_load(path.read_text()), replicas)))


def preview(kind: str, replicas: int, told: Path) -> None:
    """One preview, in this process. Writes to `told` how many resources it would change."""
    console = Console(RichConsole(file=sys.stderr, highlight=False))
    if kind == "first":
        with open_from_scratch(STACK, resolve(TOOLS)) as opened:
            ask_for(replicas, opened.engine)
            changes = judged_preview(opened.engine, console).changes
    else:
        layout = Layout.from_environment()
        changes = judged_preview(open_engine(layout, world.environment(layout), ahead=True), console).changes
    told.write_text(str(len(changes)))


def measure(kind: str, replicas: int, repeats: int) -> Cost:
    """The same in processes of their own, timed and sampled; `resources` are those that it would change."""
    with tempfile.TemporaryDirectory(prefix="p2p-nodes-benchmark-") as folder:
        told = Path(folder) / "changes"
        command = [sys.executable, "-m", "benchmarks.replicas", kind, str(replicas), str(told)]
        runs = [measured(command, what=f"{kind} preview of {replicas}", cwd=CHECKOUT) for _ in range(repeats)]
        return Cost(resources=int(told.read_text()), measurement=middle(runs))


def unchanged(sizes: Sequence[int], repeats: int) -> Series:
    """Previews of stacks whose state holds everything, in a sandbox of their own. Exits where one would change any."""
    with tempfile.TemporaryDirectory(prefix="p2p-nodes-benchmark-") as home:
        os.environ["SANDBOX_HOME"] = home
        layout, console = Layout(root=Path(home).resolve()), Console(RichConsole(file=sys.stderr, highlight=False))
        try:
            world.start(layout, console)
            engine = open_engine(layout, world.environment(layout))
            ask_for(BROUGHT_UP, engine)
            up(engine, console, confirmed=True)
            exported = engine.stack.export_stack()
            found = {}
            for replicas in sizes:
                state = with_state_of(exported.deployment or {}, replicas)
                engine.stack.import_stack(automation.Deployment(exported.version, state))
                ask_for(replicas, engine)
                cost = measure("unchanged", replicas, repeats)
                if cost.resources:
                    sys.exit(f"the state of {replicas} replicas is no true one: {cost.resources} changes")
                found[replicas] = replace(cost, resources=len(state["resources"]))
            return found
        finally:
            world.stop(layout, console)


def further(series: Series, replicas: int) -> Measurement | None:
    """What each replica beyond those of the next smaller size costs; None at the smallest."""
    smaller = max((other for other in series if other < replicas), default=None)
    if smaller is None:
        return None
    one, other, between = series[replicas].measurement, series[smaller].measurement, replicas - smaller
    return Measurement(
        seconds=(one.seconds - other.seconds) / between,
        peak_mib=(one.peak_mib - other.peak_mib) / between,
        cpu_seconds=(one.cpu_seconds - other.cpu_seconds) / between,
    )


def table(kind: str, series: Series) -> Table:
    """Every figure, and what each further replica costs."""
    head = ("replicas", "resources", "s", "CPU s", "MiB", "ms each further", "CPU ms", "KiB")
    result = Table(*head, title=f"{kind} preview")
    for replicas, cost in series.items():
        one, each = cost.measurement, further(series, replicas)
        result.add_row(
            f"{replicas:,}",
            f"{cost.resources:,}",
            f"{one.seconds:.1f}",
            f"{one.cpu_seconds:.1f}",
            f"{one.peak_mib:.0f}",
            *shown(each),
        )
    return result


def shown(each: Measurement | None) -> tuple[str, ...]:
    """The cells of what each further replica costs."""
    return (f"{each.seconds * 1e3:.1f}", f"{each.cpu_seconds * 1e3:.1f}", f"{each.peak_mib * 1024:.0f}") if each else ()


def missed(kind: str, series: Series) -> list[str]:
    """The aims that were missed, one sentence each."""
    told = []
    if (largest := max(series)) >= max(SIZES):
        one = series[largest].measurement
        if one.seconds > MOST_SECONDS:
            told.append(f"{kind}, {largest:,} replicas: {one.seconds:.1f} s; the aim is {MOST_SECONDS:.0f} s")
        if one.peak_mib > MOST_MIB:
            told.append(f"{kind}, {largest:,} replicas: {one.peak_mib:.0f} MiB; the aim is {MOST_MIB:.0f} MiB (1.5 GB)")
    if series.keys() >= set(FLAT):
        chosen = {size: series[size] for size in FLAT}
        before, last = (each.cpu_seconds * 1e3 for size in FLAT if (each := further(chosen, size)))
        if last > MOST_GROWTH * before:
            told.append(
                f"{kind}: a further replica costs {last:.1f} ms of CPU from {FLAT[1]:,} to {FLAT[2]:,}, and "
                f"{before:.1f} ms from {FLAT[0]:,} to {FLAT[1]:,}; the aim is at most {MOST_GROWTH} times as much"
            )
    return told


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, prints, and exits with the aims that were missed."""
    parser = argparse.ArgumentParser(prog="benchmarks.replicas", description=__doc__)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeats", type=int, default=1)
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as CI ends a job: no control plane may stay
    console = RichConsole(width=None if sys.stdout.isatty() else 120)
    told: list[str] = []
    for kind in [asked.only] if asked.only else KINDS:
        if kind == "first":
            series: Series = {replicas: measure(kind, replicas, asked.repeats) for replicas in asked.sizes}
        else:
            series = unchanged(asked.sizes, asked.repeats)
        console.print(table(kind, series))
        told += missed(kind, series)
    if told:
        sys.exit("\n".join(told))


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] in KINDS:
        preview(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
        leave(0)
    else:
        main()
