"""The order of a destroy, and what it refuses to leave behind."""

import io
from dataclasses import replace
from typing import Any, cast

import pytest

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.commands import destroy as module
from operations.commands import giving_back, waiting
from operations.errors import OperationError, UnreachableError
from operations.facts import CloudBacked, Failure, LoadBalancer, Run, StackResource, Volume
from operations.plans import losses

OBJECT = StackResource(urn="urn:object", type="kubernetes:core/v1:Namespace", id="p2p-node", custom=True)
CLUSTER = StackResource(urn="urn:cluster", type="gcp:container/cluster:Cluster", id="c", custom=True)
BALANCER = LoadBalancer(namespace="p2p-node", name="p2p-node-0", address="192.0.2.1")
GOES = Volume(name="a", disk="disk-a", claim="p2p-node/data-0", reclaim_policy="Delete")
STAYS = Volume(name="b", disk="disk-b", claim="p2p-node/data-1", reclaim_policy="Retain")


class FakeCluster:
    """Gives one prepared answer after another; the last one for ever."""

    answers: tuple[CloudBacked, ...] = ()

    def __init__(self, kubeconfig: str) -> None:
        self.asked = 0

    def cloud_backed(self) -> CloudBacked:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return answer


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> type[FakeCluster]:
    monkeypatch.setattr(giving_back, "Cluster", FakeCluster)
    monkeypatch.setattr(giving_back, "POLL", 0.0)
    return FakeCluster


def test_the_cluster_goes_last(fake: Any, console: Console, cluster: type[FakeCluster]) -> None:
    fake.held, fake.config = (OBJECT, CLUSTER), "kubeconfig"
    both = CloudBacked(volumes=(GOES, STAYS), load_balancers=(BALANCER,))
    cluster.answers = (both, both, CloudBacked(volumes=(STAYS,), load_balancers=()))
    retained = module.destroy(cast(Engine, fake), console, confirmed=True)
    assert fake.calls == ["preview_destroy", "destroy objects", "destroy"]
    assert fake.targets == (OBJECT.urn,)
    assert retained == (STAYS,)


def test_what_does_not_go_keeps_the_cluster(
    fake: Any,
    console: Console,
    cluster: type[FakeCluster],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake.held, fake.config = (OBJECT, CLUSTER), "kubeconfig"
    cluster.answers = (CloudBacked(volumes=(GOES,), load_balancers=(BALANCER,)),)
    monkeypatch.setattr(giving_back, "GONE_WITHIN", 0.05)
    with pytest.raises(OperationError, match=r"still load balancers p2p-node/p2p-node-0; disks disk-a.*are kept"):
        module.destroy(cast(Engine, fake), console, confirmed=True)
    assert fake.calls == ["preview_destroy", "destroy objects"]


def test_a_failed_deletion_of_objects_keeps_the_cluster(
    fake: Any, console: Console, cluster: type[FakeCluster]
) -> None:
    fake.held, fake.config = (OBJECT, CLUSTER), "kubeconfig"
    fake.runs = {"destroy objects": Run(succeeded=False, failures=(Failure(urn="urn:object", message="no"),))}
    cluster.answers = (CloudBacked(volumes=(), load_balancers=()),)
    with pytest.raises(OperationError, match="are kept"):
        module.destroy(cast(Engine, fake), console, confirmed=True)
    assert "destroy" not in fake.calls


def test_a_repeated_destroy_waits_and_lists_although_no_object_is_left(
    fake: Any, console: Console, cluster: type[FakeCluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.held, fake.config = (CLUSTER,), "kubeconfig"
    cluster.answers = (CloudBacked(volumes=(GOES, STAYS), load_balancers=()),)
    monkeypatch.setattr(giving_back, "GONE_WITHIN", 0.05)
    with pytest.raises(OperationError, match="there are still disks disk-a"):
        module.destroy(cast(Engine, fake), console, confirmed=True)
    assert fake.calls == ["preview_destroy"]
    cluster.answers = (CloudBacked(volumes=(STAYS,), load_balancers=()),)
    assert module.destroy(cast(Engine, fake), console, confirmed=True) == (STAYS,)
    assert fake.calls == ["preview_destroy", "preview_destroy", "destroy"]


def test_one_failed_look_at_the_cluster_does_not_stop_the_wait(
    fake: Any, console: Console, cluster: type[FakeCluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.held, fake.config = (OBJECT, CLUSTER), "kubeconfig"
    answers = iter([CloudBacked(volumes=(GOES,), load_balancers=()), None, CloudBacked(volumes=(), load_balancers=())])

    def look(self: FakeCluster) -> CloudBacked:
        answer = next(answers)
        if answer is None:
            raise UnreachableError("does not answer")
        return answer

    monkeypatch.setattr(FakeCluster, "cloud_backed", look)
    assert module.destroy(cast(Engine, fake), console, confirmed=True) == ()
    assert fake.calls[-1] == "destroy"


def test_a_protected_stack_loses_nothing(fake: Any, console: Console, cluster: type[FakeCluster]) -> None:
    fake.held, fake.config = (OBJECT, replace(CLUSTER, deletion_protection=True)), "kubeconfig"
    cluster.answers = (CloudBacked(volumes=(), load_balancers=()),)
    with pytest.raises(OperationError, match=r"in Pulumi\.dev\.yaml write .*deletion_protection: false"):
        module.destroy(cast(Engine, fake), console, confirmed=True)
    assert fake.calls == []


def test_a_protected_resource_is_told_before_the_engine_s_own_preview_fails(fake: Any, console: Console) -> None:
    fake.held = (replace(CLUSTER, protected=True),)
    fake.runs = {"preview_destroy": Run(succeeded=False)}
    with pytest.raises(OperationError) as refused:
        module.destroy(cast(Engine, fake), console, confirmed=True)
    assert str(refused.value).endswith(f"{losses.locks_off('dev')}, and `make destroy STACK=dev` again.")
    for setting in ("p2p-nodes:protect: false", "p2p-nodes:accept_replacement: [cluster]"):
        assert setting in losses.locks_off("dev")
    assert "unprotect" not in str(refused.value), "`make up` would protect it again"


def silent(self: FakeCluster) -> CloudBacked:
    raise UnreachableError("the cluster does not answer")


def test_a_silent_cluster_stops_a_destroy_that_still_has_objects(
    fake: Any, console: Console, cluster: type[FakeCluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.held, fake.config = (OBJECT, CLUSTER), "kubeconfig"
    monkeypatch.setattr(FakeCluster, "cloud_backed", silent)
    with pytest.raises(OperationError, match=r"does not answer.*Nothing was changed.*--stack dev"):
        module.destroy(cast(Engine, fake), console, confirmed=True)
    assert fake.calls == ["preview_destroy"]


@pytest.mark.parametrize("config", ["kubeconfig", None])
def test_a_half_deleted_cluster_does_not_stop_a_repeated_destroy(
    fake: Any, console: Console, cluster: type[FakeCluster], monkeypatch: pytest.MonkeyPatch, config: str | None
) -> None:
    fake.held, fake.config = (CLUSTER,), config
    monkeypatch.setattr(FakeCluster, "cloud_backed", silent)
    assert module.destroy(cast(Engine, fake), console, confirmed=True) == ()
    assert fake.calls == ["preview_destroy", "destroy"]
    file = console.rich.file
    assert isinstance(file, io.StringIO)
    assert "not checked: " in file.getvalue()


def test_a_cluster_that_falls_silent_is_not_waited_for_to_the_end(
    fake: Any, console: Console, cluster: type[FakeCluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.held, fake.config = (OBJECT, CLUSTER), "kubeconfig"
    answers = iter([CloudBacked(volumes=(GOES,), load_balancers=())])

    def once(self: FakeCluster) -> CloudBacked:
        for answer in answers:
            return answer
        raise UnreachableError("the cluster does not answer")

    monkeypatch.setattr(FakeCluster, "cloud_backed", once)
    monkeypatch.setattr(waiting, "SILENT_WITHIN", 0.05)
    with pytest.raises(OperationError, match=r"does not answer.*are kept"):
        module.destroy(cast(Engine, fake), console, confirmed=True)
    assert "destroy" not in fake.calls


def test_a_stack_without_a_cluster_asks_none(fake: Any, console: Console) -> None:
    fake.config = "kubeconfig of a cluster that is gone"
    assert module.destroy(cast(Engine, fake), console, confirmed=True) == ()
    assert fake.calls == ["preview_destroy", "destroy"]
