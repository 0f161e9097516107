"""The store: atomic, shared between processes, and plain about what it cannot read."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.layout import CHECKOUT, Layout
from sandbox.simulator.store import Record, Store, StoreCorrupt, StoreUnwritable

DISK = Record(
    type="gcp:compute/disk:Disk",
    id="projects/p/zones/z/disks/d",
    inputs={},
    outputs={"sizeGb": 50, "ratio": 0.5, "on": True, "name": "d"},
    origin="data-plane",
)


def path_of(store: Store) -> Path:
    return next(store.folder.glob("*.json"))


def test_what_is_put_is_got_by_another_process_too(layout: Layout, store: Store) -> None:
    store.put(DISK)
    assert store.get(DISK.id) == DISK
    assert Store(layout).get(DISK.id) == DISK
    assert isinstance(Store(layout).get(DISK.id).outputs["sizeGb"], int)  # type: ignore[union-attr]


def test_put_replaces_and_delete_removes(store: Store) -> None:
    store.put(DISK)
    store.put(replace(DISK, outputs={"sizeGb": 100}))
    assert [record.outputs for record in store.all()] == [{"sizeGb": 100}]
    assert store.delete(DISK.id) is True
    assert store.delete(DISK.id) is False
    assert store.get(DISK.id) is None


def test_all_is_sorted_and_by_type(store: Store) -> None:
    rule = Record(type="gcp:compute/forwardingRule:ForwardingRule", id="a", inputs={}, outputs={})
    store.put(DISK)
    store.put(rule)
    assert store.all() == [rule, DISK]
    assert store.all(DISK.type) == [DISK]
    assert store.all("gcp:compute/network:Network") == []


def test_nothing_there_yet(tmp_path: Path) -> None:
    store = Store(Layout(root=tmp_path / "never-made"))
    assert store.all() == []
    assert store.get("x") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("[]", "exactly id, inputs, origin, outputs, type"),
        (json.dumps({**asdict(DISK), "extra": 1}), "exactly"),
        (json.dumps({**asdict(DISK), "inputs": []}), "`inputs` must be a dict"),
        (json.dumps({**asdict(DISK), "origin": "elsewhere"}), "expected program or data-plane"),
        (json.dumps({**asdict(DISK), "id": "other"}), "belongs in another file"),
    ],
)
def test_a_corrupt_file_is_named_with_what_to_do(store: Store, text: str, says: str) -> None:
    store.put(DISK)
    path_of(store).write_text(text)
    for read in (lambda: store.get(DISK.id), store.all):
        with pytest.raises(StoreCorrupt) as refused:
            read()
        message = str(refused.value)
        assert says in message
        assert str(path_of(store)) in message
        assert message.index('make pulumi ARGS="refresh --yes"') < message.index("make up")


def test_a_write_that_fails_keeps_the_old_record(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    store.put(DISK)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreUnwritable, match=r"No space left.*What was stored before is kept"):
        store.put(replace(DISK, outputs={}))
    assert store.get(DISK.id) == DISK
    assert [p.name for p in store.folder.iterdir()] == [path_of(store).name], "no half-written file is left"


def test_read_modify_write_by_threads_and_processes_loses_nothing(layout: Layout, store: Store) -> None:
    counter = replace(DISK, outputs={"count": 0})
    store.put(counter)
    script = (
        "import os; from sandbox.layout import Layout; from sandbox.simulator.store import Store\n"
        "from dataclasses import replace\n"
        "store = Store(Layout.from_environment())\n"
        "for _ in range(20):\n"
        "    with store.exclusive():\n"
        f"        r = store.get({counter.id!r}); store.put(replace(r, outputs={{'count': r.outputs['count'] + 1}}))\n"
    )
    environment = {"SANDBOX_HOME": str(layout.root), "PYTHONPATH": str(CHECKOUT)}
    processes = [subprocess.Popen([sys.executable, "-c", script], env=environment) for _ in range(2)]

    def add() -> None:
        for _ in range(20):
            with store.exclusive():
                found: Any = store.get(counter.id)
                store.put(replace(found, outputs={"count": found.outputs["count"] + 1}))

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait(60) for process in processes] == [0, 0]
    found = store.get(counter.id)
    assert found is not None
    assert found.outputs == {"count": 80}


def test_the_store_is_for_its_owner_only(store: Store) -> None:
    store.put(DISK)
    assert path_of(store).stat().st_mode & 0o077 == 0
