"""The nodes' StatefulSet, claims and pods in the API server's own words, and what is asked of it."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from kubernetes import client
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import MaxRetryError

from operations.adapters.cluster import Cluster
from operations.adapters.node_disks import NodeDisks, Part, claim_of, live, message
from operations.disks import Claim
from operations.errors import OperationError, UnreachableError
from operations.node_sets import Template
from tests.operations.sets import inputs

GIB = 2**30


def named(name: str, **rest: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "uid": f"uid-{name}"}, **rest}


def claim(name: str, **status: Any) -> dict[str, Any]:
    spec = {"storageClassName": "ssd", "resources": {"requests": {"storage": "60Gi"}}}
    return named(name, spec=spec, status={"phase": "Bound", "capacity": {"storage": "50Gi"}, **status})


def pod(name: str, phase: str = "Running") -> dict[str, Any]:
    ordinal = name.rpartition("-")[2]
    volumes = [{"persistentVolumeClaim": {"claimName": f"data-p2p-node-{ordinal}"}}, {"emptyDir": {}}]
    return named(name, spec={"volumes": volumes}, status={"phase": phase})


def test_what_belongs_to_the_set_and_nothing_else() -> None:
    there = {**inputs("50Gi"), "metadata": {"name": "p2p-node", "namespace": "p2p-node", "uid": "u"}}
    found = live(
        [there],
        [claim(f"data-p2p-node-{ordinal}") for ordinal in (10, 2, 0)] + [claim("data-p2p-node-x"), claim("other-0")],
        [pod("p2p-node-0"), pod("p2p-node-2", "Pending"), pod("egress-proxy-0")],
        [named("ssd", allowVolumeExpansion=True), named("slow"), named("no", allowVolumeExpansion=False)],
        name="p2p-node",
        template="data",
    )
    assert [one.name for one in found.claims] == ["data-p2p-node-0", "data-p2p-node-2", "data-p2p-node-10"]
    assert [one.in_use for one in found.claims] == [True, False, False]
    assert found.pods == {"p2p-node-0": "uid-p2p-node-0", "p2p-node-2": "uid-p2p-node-2"}
    assert found.expandable == {"ssd"}
    assert found.stateful_set is not None
    assert (found.uid, found.leaving, found.stateful_set.templates) == ("u", False, {"data": Template(size=50 * GIB)})


def test_whose_pods_are_and_by_what_they_run() -> None:
    metadata = {"name": "p2p-node", "uid": "u", "generation": 2}
    there = {**inputs(), "metadata": metadata, "status": {"observedGeneration": 2, "updateRevision": "r2"}}
    owned, orphan = pod("p2p-node-0"), pod("p2p-node-1")
    owned["metadata"] |= {"labels": {"controller-revision-hash": "r1"}}
    owned["metadata"] |= {"ownerReferences": [{"uid": "x"}, {"uid": "u", "controller": True}]}
    found = live([there], [], [owned, orphan], [], name="p2p-node", template="data")
    assert (found.observed, found.update_revision) == (True, "r2")
    assert found.owners == {"p2p-node-0": "u", "p2p-node-1": ""}
    assert found.revisions == {"p2p-node-0": "r1", "p2p-node-1": ""}
    there["status"] = {"observedGeneration": 1}
    assert not live([there], [], [], [], name="p2p-node", template="data").observed


def test_a_look_asks_for_what_it_is_for_alone(disks: NodeDisks, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    for api, what in (
        (client.AppsV1Api, "namespaced_stateful_set"),
        (client.CoreV1Api, "namespaced_persistent_volume_claim"),
        (client.CoreV1Api, "namespaced_pod"),
        (client.StorageV1Api, "storage_class"),
    ):

        def listed(*arguments: Any, _what: str = what, **options: Any) -> dict[str, Any]:
            asked.append(_what)
            return {"items": []}

        monkeypatch.setattr(api, f"list_{what}", staticmethod(listed))
    disks.look(Part.SET)
    assert asked == ["namespaced_stateful_set"]
    disks.look()
    assert len(asked) == 1 + len(Part)


def test_a_set_that_is_going_and_one_that_is_gone() -> None:
    going = {**inputs(), "metadata": {"name": "p2p-node", "uid": "u", "deletionTimestamp": "2026-11-24T00:00:00Z"}}
    assert live([going], [], [], [], name="p2p-node", template="data").leaving
    gone = live([], [], [], [], name="p2p-node", template="data")
    assert (gone.stateful_set, gone.uid, gone.leaving) == (None, "", False)


def test_a_claim_as_it_is_and_one_without_a_volume() -> None:
    conditions = [
        {"type": "FileSystemResizePending", "message": "waiting for a pod"},
        {"type": "ControllerResizeError", "message": "quota"},
    ]
    expected = Claim(
        name="data-p2p-node-0",
        requested=60 * GIB,
        capacity=50 * GIB,
        phase="Bound",
        storage_class="ssd",
        file_system_waits=True,
        in_use=True,
        trouble="quota",
    )
    assert claim_of(claim("data-p2p-node-0", conditions=conditions), in_use=True) == expected
    pending = claim_of({**claim("data-p2p-node-0"), "status": {}}, in_use=False)
    assert (pending.phase, pending.capacity) == ("Pending", 0)


class Recorder:
    """An API that keeps what it is asked, or fails."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.asked: list[tuple[Any, ...]] = []

    def __call__(self, *arguments: Any, **options: Any) -> None:
        self.asked.append((*arguments, options))
        if self.failure:
            raise self.failure


@pytest.fixture
def disks() -> NodeDisks:
    cluster = cast(
        Cluster, SimpleNamespace(api=client.ApiClient(), server="https://192.0.2.1", ask=lambda question: question())
    )
    return NodeDisks(cluster=cluster, namespace="p2p-node", name="p2p-node", template="data")


def test_a_claim_grows_by_what_it_asks_for(disks: NodeDisks, monkeypatch: pytest.MonkeyPatch) -> None:
    api = Recorder()
    monkeypatch.setattr(client.CoreV1Api, "patch_namespaced_persistent_volume_claim", staticmethod(api))
    disks.grow("data-p2p-node-0", 60 * GIB)
    [(name, namespace, body, _)] = api.asked
    assert (name, namespace) == ("data-p2p-node-0", "p2p-node")
    assert body == {"spec": {"resources": {"requests": {"storage": "60Gi"}}}}


def test_the_set_goes_alone_and_only_if_it_is_the_one_that_was_seen(
    disks: NodeDisks, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Recorder()
    monkeypatch.setattr(client.AppsV1Api, "delete_namespaced_stateful_set", staticmethod(api))
    disks.release("u")
    [(name, namespace, options)] = api.asked
    assert (name, namespace) == ("p2p-node", "p2p-node")
    assert (options["body"].propagation_policy, options["body"].preconditions.uid) == ("Orphan", "u")


def test_the_newest_revision_and_a_dry_run_say_what_pods_run_by(
    disks: NodeDisks, monkeypatch: pytest.MonkeyPatch
) -> None:
    revisions = [
        {**named(name), "revision": number, "data": {"spec": {"template": {"$patch": "replace", "spec": name}}}}
        for name, number in (("p2p-node-a", 9), ("p2p-node-b", 10), ("p2p-node-x-c", 11))
    ]
    asked = []

    def create(namespace: str, body: dict[str, Any], **options: Any) -> Any:
        asked.append((namespace, body, options["dry_run"]))
        return SimpleNamespace(data=json.dumps({"spec": {"template": "defaulted"}}))

    listed = staticmethod(lambda namespace, **options: {"items": revisions})
    monkeypatch.setattr(client.AppsV1Api, "list_namespaced_controller_revision", listed)
    monkeypatch.setattr(client.AppsV1Api, "create_namespaced_stateful_set", staticmethod(create))
    assert disks.pod_templates(inputs()) == ({"spec": "p2p-node-b"}, "defaulted")
    [(namespace, body, dry_run)] = asked
    assert (namespace, dry_run, body["spec"]) == ("p2p-node", "All", inputs()["spec"])
    assert body["metadata"] == {"generateName": "p2p-node-", "labels": None}
    revisions.clear()
    assert disks.pod_templates(inputs())[0] is None


@pytest.mark.parametrize(
    ("failure", "error", "words"),
    [
        (ApiException(status=403, reason="Forbidden"), OperationError, "refuses growing claim c: Forbidden"),
        (MaxRetryError(cast(Any, None), "/", None), UnreachableError, "https://192.0.2.1 does not answer"),
    ],
)
def test_a_refusal_is_told_apart_from_silence(
    disks: NodeDisks, monkeypatch: pytest.MonkeyPatch, failure: Exception, error: type[Exception], words: str
) -> None:
    monkeypatch.setattr(client.CoreV1Api, "patch_namespaced_persistent_volume_claim", staticmethod(Recorder(failure)))
    with pytest.raises(error, match=words):
        disks.grow("c", GIB)


@pytest.mark.parametrize(
    ("body", "words"), [('{"message": "no quota"}', "no quota"), ("<html>", "Conflict"), (None, "Conflict")]
)
def test_the_api_server_s_own_words(body: str | None, words: str) -> None:
    error = ApiException(status=409, reason="Conflict")
    error.body = body
    assert message(error) == words
