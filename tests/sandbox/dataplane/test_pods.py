from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.dataplane import journal
from sandbox.dataplane.journal import Waited
from sandbox.dataplane.pods import passed
from sandbox.layout import Layout

Make = Callable[..., Any]


def test_starts_and_readiness_are_read_off_the_pods(make_facts: Make, an_object: Make) -> None:
    def pod(name: str, ready: str, **labels: str) -> Any:
        conditions = [
            {"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-11-23T11:00:00Z"},
            {"type": "Ready", "status": ready, "lastTransitionTime": "2026-11-23T11:00:30Z"},
        ]
        status = {"startTime": "2026-11-23T11:00:02Z", "conditions": conditions}
        return an_object("Pod", name, namespace="ns", metadata={"labels": labels}, status=status)

    node = pod("node", "True", **{"app.kubernetes.io/component": "p2p-node"})
    found = [(p.row, p.about, p.real_seconds) for p in passed(make_facts(pods=[node, pod("other", "False")]))]
    assert found == [
        ("pod-start", "Pod ns/node", 2.0),
        ("p2p-node-sync", "Pod ns/node", 28.0),
        ("pod-start", "Pod ns/other", 2.0),
    ]


def test_the_journal_survives_a_line_cut_short(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    assert journal.read(layout) == []
    waited = Waited(
        event="disk-create", object="Disk d", simulated_seconds=5, real_seconds=0.1, at="2026-11-23T11:00:00Z"
    )
    journal.append(layout, waited)
    with journal.path(layout).open("a") as file:
        file.write('{"event": "disk-cr')
    assert journal.read(layout) == [waited]
