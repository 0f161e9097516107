"""The table of delays and the journal."""

from __future__ import annotations

import pytest

from sandbox.layout import Layout
from sandbox.simulator import delays
from sandbox.simulator.catalogue import rows


def test_table_is_sane() -> None:
    for (type, operation), row in delays.table().items():
        assert type in rows()
        assert operation in ("create", "update", "delete")
        assert row.seconds >= 0
        assert row.source.strip(), "every row says where its number is from"
    assert delays.seconds("gcp:container/cluster:Cluster", "create") > 300
    assert delays.seconds("gcp:container/cluster:Cluster", "dance") == 0


def test_journal_keeps_both_times(layout: Layout) -> None:
    delays.record(layout, type="t", name="n", operation="create", simulated=510, real=0.85)
    with delays.journal(layout).open("a") as file:
        file.write('{"type": "cut sho\n')
    delays.record(layout, type="t", name="m", operation="delete", simulated=1, real=0)
    found = delays.operations(layout)
    assert [(o.name, o.operation, o.simulated_seconds, o.real_seconds) for o in found] == [
        ("n", "create", 510, 0.85),
        ("m", "delete", 1, 0),
    ]
    assert found[0].timestamp.endswith("+00:00")


def test_no_journal_yet(layout: Layout) -> None:
    assert delays.operations(layout) == []


def test_a_journal_that_cannot_be_written_stops_nothing(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    layout.simulator.write_text("a file where the folder should be")
    delays.record(layout, type="t", name="n", operation="create", simulated=1, real=1)
    assert delays.operations(layout) == []
