"""Wall time and peak memory of preview, first up, second up and destroy, beside an empty program on the same engine.

Run it with `make benchmark`. It uses a sandbox of its own in a temporary folder. Every operation is a process of its
own, whose memory is the sum over its process tree (engine, plugins, policy analyzer and program), sampled.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console as RichConsole
from rich.table import Table

from benchmarks.measuring import Measurement, measured
from operations.adapters.console import Console
from operations.commands.destroy import destroy
from operations.commands.preview import judged_preview
from operations.commands.up import up
from sandbox import world
from sandbox.ending import leave
from sandbox.layout import CHECKOUT, Layout
from sandbox.session import open_engine, the_program

OPERATIONS = ("preview", "first up", "second up", "destroy")
MOST_TIMES_EMPTY = 2.5
"""Limit of a second `up` without changes, as a multiple of an empty program's."""


def nothing() -> None:
    """The empty program."""


def operate(operation: str, program: str) -> None:
    """One operation, in this process."""
    layout = Layout.from_environment()
    console = Console(RichConsole(file=sys.stderr, highlight=False))
    full = program == "platform"
    engine = open_engine(
        layout,
        world.environment(layout),
        stack_name="sandbox" if full else "empty",
        program=the_program if full else nothing,
        ahead=full and operation != "destroy",
    )
    if operation == "preview":
        judged_preview(engine, console)
    elif operation == "destroy":
        destroy(engine, console, confirmed=True)
    else:
        up(engine, console, confirmed=True)


def measure(operation: str, program: str) -> Measurement:
    """The same in a process of its own, timed and sampled."""
    command = [sys.executable, "-m", "benchmarks.up", operation, program]
    return measured(command, what=f"{operation} of the {program} program", cwd=CHECKOUT)


def main() -> None:
    """Measures both programs and prints a table with ratios."""
    with tempfile.TemporaryDirectory(prefix="p2p-nodes-benchmark-") as home:
        os.environ["SANDBOX_HOME"] = home
        layout = Layout(root=Path(home).resolve())
        console = Console(RichConsole(file=sys.stderr, highlight=False))
        world.start(layout, console)
        try:
            results = {
                program: {operation: measure(operation, program) for operation in OPERATIONS}
                for program in ("empty", "platform")
            }
        finally:
            world.stop(layout, console)
    table = Table("operation", "platform s", "empty s", "ratio", "platform MiB", "empty MiB", "ratio")
    for operation in OPERATIONS:
        full, empty = results["platform"][operation], results["empty"][operation]
        table.add_row(
            operation,
            f"{full.seconds:.1f}",
            f"{empty.seconds:.1f}",
            f"{full.seconds / empty.seconds:.2f}",
            f"{full.peak_mib:.0f}",
            f"{empty.peak_mib:.0f}",
            f"{full.peak_mib / empty.peak_mib:.2f}",
        )
    RichConsole().print(table)
    ratio = results["platform"]["second up"].seconds / results["empty"]["second up"].seconds
    if ratio > MOST_TIMES_EMPTY:
        sys.exit(f"a second up takes {ratio:.2f} times an empty program's; the limit is {MOST_TIMES_EMPTY}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        operate(sys.argv[1], sys.argv[2])
        leave(0)
    else:
        main()
