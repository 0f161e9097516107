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
from operations.facts import PendingOperation, Recovery, StackResource
from sandbox import recovery
from sandbox.layout import Layout
from sandbox.simulator.store import Record, Store

PREFIX = "urn:pulumi:sandbox::p2p-nodes::p2p-nodes:platform:Network$"
NETWORK = PREFIX + "gcp:compute/network:Network::network"
SUBNET = PREFIX + "gcp:compute/subnetwork:Subnetwork::subnetwork"


class FakeEngine:
    """An engine whose state has pending operations."""

    def __init__(self, *pending: PendingOperation, known: tuple[str, ...] = ()) -> None:
        self.operations = pending
        self.known = known
        self.settled: Recovery | None = None

    def pending(self) -> tuple[PendingOperation, ...]:
        return self.operations

    def resources(self) -> tuple[StackResource, ...]:
        return tuple(StackResource(urn="u", type="t", id=id, custom=True) for id in self.known)

    def settle(self, plan: Recovery, *, notice: object) -> None:
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
        PendingOperation(urn=NETWORK, kind="creating", inputs={"name": "p2p"}),
        PendingOperation(urn=SUBNET, kind="creating", inputs={"name": "p2p"}),
    )
    recovery.settle(layout, cast(Engine, engine), console)
    assert engine.settled == Recovery(adopt={NETWORK: identity}, forget=(SUBNET,), repeat=())
    assert f"network was created ({identity}): taken into the state" in said(console)
    assert "subnetwork was begun and not created" in said(console)


EMAIL = "nodes@p.iam.gserviceaccount.com"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
MEMBER = {"project": "p", "role": "roles/logging.logWriter", "member": f"serviceAccount:{EMAIL}"}


@pytest.mark.parametrize(
    ("type", "inputs", "id", "exists"),
    [
        ("gcp:serviceaccount/account:Account", {"accountId": "nodes"}, f"projects/p/serviceAccounts/{EMAIL}", True),
        ("gcp:serviceaccount/account:Account", {"accountId": "node"}, f"projects/p/serviceAccounts/{EMAIL}", False),
        ("gcp:projects/iAMMember:IAMMember", MEMBER, f"p/roles/logging.logWriter/serviceAccount:{EMAIL}", True),
        ("gcp:projects/iAMMember:IAMMember", MEMBER, f"p/roles/viewer/serviceAccount:{EMAIL}", False),
        ("gcp:compute/network:Network", {"name": "n"}, "projects/p/global/networks/n", True),
        ("gcp:compute/network:Network", {"name": "n", "project": "q"}, "projects/p/global/networks/n", False),
        ("gcp:compute/network:Network", {"name": SECRET}, "projects/p/global/networks/n", False),
        ("gcp:compute/network:Network", {}, "projects/p/global/networks/n", False),
        ("gcp:compute/subnetwork:Subnetwork", {"name": "s"}, "projects/p/regions/r/subnetworks/s", True),
        ("gcp:compute/routerNat:RouterNat", {"name": "n", "router": "a"}, "p/r/a/n", True),
        ("gcp:container/cluster:Cluster", {"name": "c"}, "projects/p/locations/r/clusters/c", True),
        (
            "gcp:container/nodePool:NodePool",
            {"name": "pool", "cluster": "projects/p/locations/r/clusters/c"},
            "projects/p/locations/r/clusters/c/nodePools/pool",
            True,
        ),
        ("gcp:compute/disk:Disk", {"name": "d"}, "projects/p/zones/z/disks/d", False),
    ],
)
def test_what_exists_is_told_by_the_id_that_the_inputs_give(
    type: str, inputs: dict[str, object], id: str, exists: bool
) -> None:
    urn = f"urn:pulumi:sandbox::p2p-nodes::{type}::it"
    operation = PendingOperation(urn=urn, kind="creating", inputs=inputs)
    record = Record(type=type, id=id, inputs={}, outputs={})
    assert recovery.found([operation], [record]) == ({urn: id} if exists else {})


def test_what_another_resource_of_the_state_is_is_not_taken_twice(tmp_path: Path, console: Console) -> None:
    layout = Layout(root=tmp_path)
    identity = "projects/old/global/networks/p2p"
    Store(layout).put(Record(type="gcp:compute/network:Network", id=identity, inputs={"name": "p2p"}, outputs={}))
    state(layout, '{"pending_operations": []}')
    begun = PendingOperation(urn=NETWORK, kind="creating", inputs={"name": "p2p"})
    engine = FakeEngine(begun, known=(identity,))
    recovery.settle(layout, cast(Engine, engine), console)
    assert engine.settled == Recovery(adopt={}, forget=(NETWORK,), repeat=())


@pytest.mark.parametrize("content", ['{"pid": 999999999}', "{", "[]", '{"pid": null}'])
def test_the_lock_of_an_engine_that_is_gone_is_removed_and_said(tmp_path: Path, console: Console, content: str) -> None:
    layout = Layout(root=tmp_path)
    path = lock(layout, content)
    recovery.release(layout, console)
    assert not path.exists()
    assert "the lock of an engine that is gone" in said(console)


def test_an_engine_at_work_is_not_disturbed(tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout(root=tmp_path)
    path = lock(layout, json.dumps({"pid": os.getpid()}))
    monkeypatch.setattr(recovery, "running_engine", lambda pid: pid == os.getpid())
    with pytest.raises(OperationError, match="still at work"):
        recovery.release(layout, console)
    assert path.exists()


@pytest.mark.parametrize(("attributes", "stays"), [("", False), ('{"a"', False), ('{"a": 1}', True)])
def test_attributes_that_were_being_written_are_done_without(
    tmp_path: Path, console: Console, attributes: str, stays: bool
) -> None:
    layout = Layout(root=tmp_path)
    lock(layout, '{"pid": 999999999}')
    state(layout, "{}")
    (path,) = recovery.states(layout)
    beside = path.with_name("sandbox.json.attrs")
    beside.write_text(attributes)
    recovery.release(layout, console)
    assert beside.exists() is stays
    assert ("it is whole" in said(console)) is not stays
    assert path.read_text() == "{}"


def test_a_process_that_got_the_same_id_is_no_engine() -> None:
    assert not recovery.running_engine(os.getpid())


def test_a_state_without_traces_is_left_alone(tmp_path: Path, console: Console) -> None:
    engine = FakeEngine(PendingOperation(urn=NETWORK, kind="creating"))
    state(Layout(root=tmp_path), '{"resources": []}')
    recovery.settle(Layout(root=tmp_path), cast(Engine, engine), console)
    assert engine.settled is None
    assert said(console) == ""
