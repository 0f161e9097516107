"""Nothing precious goes without an acknowledgement, and nothing is left behind with one."""

import io
from dataclasses import replace
from typing import Any, cast

import pytest

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.commands import giving_back
from operations.commands.destroy import destroy
from operations.commands.preview import judged_preview
from operations.commands.up import up
from operations.errors import DeclinedError, OperationError, UnreachableError
from operations.facts import Action, CloudBacked, Failure, Operation, Run, StackResource, Volume

URN = "urn:pulumi:dev::p2p-nodes::{}::p2p"
CLUSTER, NODES = "gcp:container/cluster:Cluster", "kubernetes:apps/v1:StatefulSet"
REPLACED = Operation(urn=URN.format(CLUSTER), action=Action.REPLACE, paths=("subnetwork",), forced_by=("subnetwork",))
NEW_NODES = Operation(urn=URN.format(NODES), action=Action.REPLACE)
HELD = (
    StackResource(urn=REPLACED.urn, type=CLUSTER, id="c", custom=True),
    StackResource(urn=NEW_NODES.urn, type=NODES, id="n", custom=True),
)
STAYS = Volume(name="b", disk="disk-b", claim="p2p-node/data-1", reclaim_policy="Retain")
KEY = "p2p-nodes:accept_replacement"
ALL = {KEY: '["cluster", "volumes"]'}


class FakeCluster:
    """A cluster that holds one disk, which stays."""

    def __init__(self, kubeconfig: str) -> None: ...

    def cloud_backed(self) -> CloudBacked:
        return CloudBacked(volumes=(STAYS,), load_balancers=())


@pytest.fixture(autouse=True)
def _cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving_back, "Cluster", FakeCluster)


@pytest.fixture
def losing(fake: Any) -> Any:
    fake.runs = {"preview": Run(succeeded=True, operations=(REPLACED, NEW_NODES))}
    fake.held, fake.config = HELD, "kubeconfig"
    return fake


def said(console: Console) -> str:
    assert isinstance(console.rich.file, io.StringIO)
    return console.rich.file.getvalue()


@pytest.mark.parametrize("settings", [{}, {KEY: '["cluster"]'}, {KEY: '["volumes"]'}, {KEY: '["keys"]'}])
@pytest.mark.parametrize("command", [up, lambda engine, console, confirmed: judged_preview(engine, console)])
def test_without_an_acknowledgement_nothing_begins(
    losing: Any, console: Console, command: Any, settings: dict[str, str]
) -> None:
    losing.settings = settings
    with pytest.raises(OperationError, match=r"would lose.*Nothing was changed(.|\n)*because of subnetwork"):
        command(cast(Engine, losing), console, confirmed=True)
    assert losing.calls == ["preview"]
    assert "effect: replaces the cluster" in said(console)


def test_with_one_the_cluster_is_emptied_first_and_the_operator_is_reminded(losing: Any, console: Console) -> None:
    losing.settings = ALL
    up(cast(Engine, losing), console, confirmed=True)
    assert losing.calls == ["preview", "destroy objects", "up"]
    assert losing.targets == (NEW_NODES.urn,)
    assert "kept: disk disk-b" in said(console)
    assert "p2p-nodes:accept_replacement let this update lose cluster, volumes. Take it out" in said(console)


def test_what_goes_with_the_cluster_is_shown_before_anybody_confirms(losing: Any, console: Console) -> None:
    losing.settings = ALL
    with pytest.raises(DeclinedError):
        up(cast(Engine, losing), console, confirmed=False)
    assert losing.calls == ["preview"]
    assert "The cluster goes, and before it, as in a destroy, the stack's 1 objects in it" in said(console)
    assert "stays disk disk-b of claim p2p-node/data-1" in said(console)


def test_nodes_alone_are_replaced_by_the_engine(losing: Any, console: Console) -> None:
    losing.settings = ALL
    losing.runs = {"preview": Run(succeeded=True, operations=(NEW_NODES,))}
    up(cast(Engine, losing), console, confirmed=True)
    assert losing.calls == ["preview", "up"]
    assert "The cluster goes" not in said(console)
    assert "disk-b" not in said(console)


def test_objects_that_cannot_be_deleted_keep_the_cluster(losing: Any, console: Console) -> None:
    losing.settings = ALL
    losing.runs = {**losing.runs, "destroy objects": Run(succeeded=False, failures=(Failure(urn="u", message="no"),))}
    with pytest.raises(OperationError, match=r"update of stack dev stopped.*are kept"):
        up(cast(Engine, losing), console, confirmed=True)
    assert "up" not in losing.calls


def test_a_silent_cluster_stops_the_update_before_it_begins(
    losing: Any, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(self: FakeCluster) -> CloudBacked:
        raise UnreachableError("does not answer")

    losing.settings = ALL
    monkeypatch.setattr(FakeCluster, "cloud_backed", silent)
    with pytest.raises(OperationError, match=r"update of stack dev cannot begin.*Nothing was changed"):
        up(cast(Engine, losing), console, confirmed=True)
    assert losing.calls == ["preview"]


def test_google_s_own_protection_is_told_before_anything_goes(losing: Any, console: Console) -> None:
    losing.settings = ALL
    losing.held = (replace(HELD[0], deletion_protection=True), HELD[1])
    with pytest.raises(OperationError, match=r"deletion protection of gcp:container/cluster:Cluster p2p"):
        up(cast(Engine, losing), console, confirmed=True)
    assert losing.calls == ["preview"]


def test_pulumi_s_protection_is_explained(fake: Any, console: Console) -> None:
    failure = Failure(urn="urn", message="unable to replace resource as it is currently marked for protection.")
    fake.runs = {"preview": Run(succeeded=False, operations=(REPLACED,), failures=(failure,))}
    with pytest.raises(OperationError, match=r"p2p-nodes:protect: false"):
        up(cast(Engine, fake), console, confirmed=True)
    assert fake.calls == ["preview"]


def test_changes_that_lose_nothing_ask_for_no_setting(fake: Any, console: Console) -> None:
    image = Operation(urn=NEW_NODES.urn, action=Action.UPDATE, paths=("spec.template.spec.containers[0].image",))
    fake.runs = {"preview": Run(succeeded=True, operations=(image,))}
    up(cast(Engine, fake), console, confirmed=True)
    assert fake.calls == ["preview", "up"]
    assert "effect: rolls the nodes" in said(console)
    assert "accept_replacement" not in said(console)


@pytest.mark.parametrize("image", [(), (Operation(urn=NEW_NODES.urn, action=Action.UPDATE),)])
@pytest.mark.parametrize("command", [up, lambda engine, console, confirmed: judged_preview(engine, console)])
def test_an_acknowledgement_that_stayed_is_said_every_time(
    fake: Any, console: Console, command: Any, image: tuple[Operation, ...]
) -> None:
    fake.runs = {"preview": Run(succeeded=True, operations=image)}
    fake.settings = ALL
    command(cast(Engine, fake), console, confirmed=True)
    assert "accept_replacement allows cluster, volumes; take it out when it is no longer meant." in said(console)
    assert "lets through" not in said(console)


def test_what_an_acknowledgement_lets_through_is_said_before_anybody_confirms(losing: Any, console: Console) -> None:
    losing.settings = ALL
    judged_preview(cast(Engine, losing), console)
    assert f"lets through: replaces {CLUSTER} p2p, because of subnetwork" in said(console)


def test_a_stack_that_is_new_has_no_effect_on_anything(fake: Any, console: Console) -> None:
    fake.runs = {"preview": Run(succeeded=True, operations=(replace(REPLACED, action=Action.CREATE),))}
    up(cast(Engine, fake), console, confirmed=True)
    assert "effect" not in said(console)


def test_a_destroy_needs_no_acknowledgement(fake: Any, console: Console) -> None:
    fake.held, fake.config = HELD, "kubeconfig"
    gone = tuple(replace(one, action=Action.DELETE) for one in (REPLACED, NEW_NODES))
    fake.runs = {"preview_destroy": Run(succeeded=True, operations=gone)}
    destroy(cast(Engine, fake), console, confirmed=True)
    assert fake.calls == ["preview_destroy", "destroy objects", "destroy"]
