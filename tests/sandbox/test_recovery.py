"""What a killed command left is found, said and settled."""

import io
import json
import os
from pathlib import Path
from typing import cast

import pytest
from rich.console import Console as RichConsole

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.errors import OperationError
from operations.facts import PendingOperation, Recovery
from sandbox import recovery
from sandbox.layout import Layout
from sandbox.simulator.store import Record, Store

PREFIX = "urn:pulumi:sandbox::p2p-nodes::p2p-nodes:platform:Network$"
NETWORK = PREFIX + "gcp:compute/network:Network::network"
SUBNET = PREFIX + "gcp:compute/subnetwork:Subnetwork::subnetwork"


class FakeEngine:
    """An engine whose state has pending operations."""

    def __init__(self, *pending: PendingOperation) -> None:
        self.operations = pending
        self.settled: Recovery | None = None

    def pending(self) -> tuple[PendingOperation, ...]:
        return self.operations

    def settle(self, plan: Recovery) -> None:
        self.settled = plan


@pytest.fixture
def console() -> Console:
    return Console(RichConsole(file=io.StringIO(), width=200, highlight=False))


def said(console: Console) -> str:
    return cast(io.StringIO, console.rich.file).getvalue()


def state(layout: Layout, content: str) -> None:
    path = layout.engine / "state" / ".pulumi" / "stacks" / "p2p-nodes" / "sandbox.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)


def lock(layout: Layout, content: str) -> Path:
    path = layout.engine / "state" / ".pulumi" / "locks" / "organization" / "p2p-nodes" / "sandbox" / "id.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    return path


def test_pending_creations_are_looked_for_in_the_simulated_cloud(tmp_path: Path, console: Console) -> None:
    layout = Layout(root=tmp_path)
    identity = "projects/p/global/networks/p2p"
    record = Record(type="gcp:compute/network:Network", id=identity, inputs={"name": "p2p"}, outputs={})
    Store(layout).put(record)
    state(layout, '{"pending_operations": []}')
    engine = FakeEngine(
        PendingOperation(urn=NETWORK, kind="creating", cloud_name="p2p"),
        PendingOperation(urn=SUBNET, kind="creating", cloud_name="p2p"),
    )
    recovery.settle(layout, cast(Engine, engine), console)
    assert engine.settled == Recovery(adopt={NETWORK: identity}, forget=(SUBNET,), repeat=())
    assert f"network was created ({identity}): taken into the state" in said(console)
    assert "subnetwork was begun and not created" in said(console)


@pytest.mark.parametrize("content", ['{"pid": 999999999}', "{", "[]", '{"pid": null}'])
def test_the_lock_of_an_engine_that_is_gone_is_removed_and_said(tmp_path: Path, console: Console, content: str) -> None:
    layout = Layout(root=tmp_path)
    path = lock(layout, content)
    recovery.settle(layout, cast(Engine, FakeEngine()), console)
    assert not path.exists()
    assert "the lock of an engine that is gone" in said(console)


def test_an_engine_at_work_is_not_disturbed(tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout(root=tmp_path)
    path = lock(layout, json.dumps({"pid": os.getpid()}))
    monkeypatch.setattr(recovery, "running_engine", lambda pid: pid == os.getpid())
    with pytest.raises(OperationError, match="still at work"):
        recovery.settle(layout, cast(Engine, FakeEngine()), console)
    assert path.exists()


def test_a_process_that_got_the_same_id_is_no_engine() -> None:
    assert not recovery.running_engine(os.getpid())


def test_a_state_without_traces_is_left_alone(tmp_path: Path, console: Console) -> None:
    engine = FakeEngine(PendingOperation(urn=NETWORK, kind="creating"))
    state(Layout(root=tmp_path), '{"resources": []}')
    recovery.settle(Layout(root=tmp_path), cast(Engine, engine), console)
    assert engine.settled is None
    assert said(console) == ""
