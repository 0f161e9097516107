"""What a replacement left over is deleted by the next update, which takes nothing from what replaced it."""

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pulumi import automation
from pulumi.automation.events import EngineEvent

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.adapters.events import Recorder
from operations.adapters.listener import Listener
from operations.commands import giving_back
from operations.commands.up import up
from operations.errors import OperationError
from operations.facts import Action, CloudBacked, Run, StackResource

CLUSTER, NODES = "gcp:container/cluster:Cluster", "kubernetes:apps/v1:StatefulSet"
STATE = [
    {"urn": f"urn:pulumi:dev::p2p-nodes::{CLUSTER}::cluster", "type": CLUSTER, "id": "new", "custom": True},
    {"urn": f"urn:pulumi:dev::p2p-nodes::{NODES}::p2p-node", "type": NODES, "id": "n", "custom": True},
    {
        "urn": f"urn:pulumi:dev::p2p-nodes::{CLUSTER}::cluster",
        "type": CLUSTER,
        "id": "old",
        "custom": True,
        "delete": True,
        "protect": True,
    },
]
"""After an update that made the new cluster and could not delete the old one."""


def preview(*steps: tuple[str, int]) -> Run:
    """What a preview with these steps on the state's resources (operation, place) is recorded as."""
    recorder = Recorder(cast(Listener, SimpleNamespace(began=lambda operation: None)))
    for op, place in steps:
        entry = STATE[place]
        old = {"id": "", "parent": "", "provider": "", **entry}
        metadata = {"op": op, "urn": entry["urn"], "type": entry["type"], "provider": "", "old": old}
        recorder.hear(
            EngineEvent.from_json({"sequence": 1, "timestamp": 0, "resourcePreEvent": {"metadata": metadata}})
        )
    return recorder.run(succeeded=True)


def held() -> tuple[StackResource, ...]:
    exported = automation.Deployment(3, {"resources": STATE})
    stack = SimpleNamespace(name="dev", export_stack=lambda: exported)
    return Engine(cast(automation.Stack, stack), policy_pack=Path("policies")).resources()


@pytest.fixture
def left(fake: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    class Empty:
        def __init__(self, kubeconfig: str) -> None: ...

        def cloud_backed(self) -> CloudBacked:
            return CloudBacked(volumes=(), load_balancers=())

    monkeypatch.setattr(giving_back, "Cluster", Empty)
    fake.held, fake.config = held(), "kubeconfig"
    return fake


def test_a_repeated_update_takes_nothing_of_the_new_cluster(left: Any, console: Console) -> None:
    left.runs = {"preview": preview(("same", 0), ("same", 1), ("delete-replaced", 2))}
    up(cast(Engine, left), console, confirmed=True)
    assert left.calls == ["preview", "up"], "no acknowledgement is asked for, and no object is deleted"
    assert isinstance(console.rich.file, io.StringIO)
    assert f"clean up {CLUSTER} cluster" in console.rich.file.getvalue()
    assert "effect: nothing" in console.rich.file.getvalue()


def test_an_update_of_the_new_cluster_is_not_hidden(left: Any) -> None:
    run = preview(("update", 0), ("delete-replaced", 2))
    assert [change.action for change in run.changes] == [Action.UPDATE, Action.CLEAN_UP]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param((("create-replacement", 0), ("replace", 0), ("delete-replaced", 2)), id="the new one first"),
        pytest.param((("delete-replaced", 0), ("replace", 0), ("create-replacement", 0)), id="the old one first"),
        pytest.param((("import-replacement", 0), ("delete-replaced", 2)), id="imported"),
        pytest.param((("delete-replaced", 0),), id="replaced before, and no longer in the program"),
        pytest.param((("delete", 0), ("delete-replaced", 2)), id="deleted"),
    ],
)
def test_the_new_cluster_itself_is_a_loss(left: Any, console: Console, steps: tuple[tuple[str, int], ...]) -> None:
    left.runs = {"preview": preview(*steps)}
    with pytest.raises(OperationError, match="would lose"):
        up(cast(Engine, left), console, confirmed=True)
    left.settings = {"p2p-nodes:accept_replacement": '["cluster", "volumes"]'}
    up(cast(Engine, left), console, confirmed=True)
    assert left.targets == (STATE[1]["urn"],)
