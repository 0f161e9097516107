"""Both times of what was waited for, and only since the command began."""

import json
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from sandbox.dataplane import journal
from sandbox.layout import Layout
from sandbox.simulated_time import Wait, wait_table, waits_since
from sandbox.simulator import delays


def test_waits_of_both_simulators_since_a_moment(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    times = {"simulated_seconds": 300.0, "real_seconds": 0.5}
    operation = {"type": "gcp:container/cluster:Cluster", "name": "c", "operation": "create", **times}
    delays.journal(layout).parent.mkdir(parents=True)
    delays.journal(layout).write_text(
        json.dumps({**operation, "timestamp": "2026-11-23T10:00:00Z"})
        + "\n"
        + json.dumps({**operation, "timestamp": "2026-11-23T12:00:00Z"})
        + "\n"
    )
    for hour in (10, 12):
        journal.append(
            layout,
            journal.Waited(
                event="pod-start",
                object="p2p-node-0",
                simulated_seconds=20,
                real_seconds=1,
                at=f"2026-11-23T{hour}:00:01Z",
            ),
        )
    assert waits_since(layout, datetime(2026, 11, 23, 11, tzinfo=UTC)) == [
        Wait(what="create gcp:container/cluster:Cluster", simulated_seconds=300, real_seconds=0.5),
        Wait(what="pod-start", simulated_seconds=20, real_seconds=1),
    ]


def test_the_longest_of_a_kind_is_shown_in_both_times() -> None:
    console = Console(width=120, record=True)
    console.print(
        wait_table(
            [
                Wait(what="node-start", simulated_seconds=60, real_seconds=0.1),
                Wait(what="node-start", simulated_seconds=90, real_seconds=0.2),
            ]
        )
    )
    (row,) = [line for line in console.export_text().splitlines() if "node-start" in line]
    assert row.split()[1::2] == ["node-start", "2", "90", "0.2"]
