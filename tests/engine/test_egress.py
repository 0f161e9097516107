"""The egress proxies on a real control plane: what a change does to them, and what it leaves alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from operations.facts import Run
from operations.plans.effects import effects
from sandbox.dataplane.api_server import ApiRefused, ApiServer
from tests.engine.running import RunningStack, running_stack

pytestmark = pytest.mark.engine

REPLICAS = 2
NAMESPACE = "/api/v1/namespaces/egress-proxy"
WORKLOADS = "/apis/apps/v1/namespaces/egress-proxy"
OTHER_LIST = {"egress.allowed_domains": ["www.google.com", "example.org"]}

Event = tuple[int, str, dict[str, Any]]
"""The revision of what happened, which counts for the whole cluster, what it was, and the object after it."""


class Witness:
    """Sees everything that happens to objects of some kinds, in the order in which it happened."""

    def __init__(self, server: ApiServer, *paths: str) -> None:
        self._server = server
        self._events: list[Event] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._watch, args=(path,), daemon=True) for path in paths]

    def __enter__(self) -> Witness:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _watch(self, path: str) -> None:
        found = self._server.get(path)
        since = found["metadata"]["resourceVersion"]
        kind = found["kind"].removesuffix("List")
        self._events += [(0, "ADDED", {**one, "kind": kind}) for one in found["items"]]
        stopping = False
        while not stopping:
            # Once more after the end, for what is on its way.
            stopping = self._stop.is_set()
            for event in self._server.watch(path, since=since, seconds=1):
                since = event["object"]["metadata"]["resourceVersion"]
                if event["type"] != "BOOKMARK":
                    self._events.append((int(since), event["type"], event["object"]))

    def moments(self) -> Iterator[dict[str, dict[str, Any]]]:
        """What there was at the beginning and after each thing that happened, by kind and name."""
        there: dict[str, dict[str, Any]] = {}
        first = True
        for revision, happened, one in sorted(self._events, key=lambda event: event[0]):
            if revision and first:
                yield dict(there)
                first = False
            there[f"{one['kind']} {one['metadata']['name']}"] = one
            if happened == "DELETED":
                del there[f"{one['kind']} {one['metadata']['name']}"]
            if revision:
                yield dict(there)


def serving(there: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Pods that are ready and that nobody has told to end."""
    return [
        one
        for key, one in there.items()
        if key.startswith("Pod ")
        and "deletionTimestamp" not in one["metadata"]
        and any(part["type"] == "Ready" and part["status"] == "True" for part in one["status"].get("conditions", []))
    ]


def configuration(pod: dict[str, Any]) -> str:
    (name,) = [volume["configMap"]["name"] for volume in pod["spec"]["volumes"] if "configMap" in volume]
    return f"ConfigMap {name}"


def uids(server: ApiServer, path: str) -> set[str]:
    return {one["metadata"]["uid"] for one in server.get(path)["items"]}


def changed(run: Run) -> set[tuple[str, str]]:
    """The program's own resources that a run changes."""
    return {(one.action.value, one.name) for one in run.changes}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with running_stack(tmp_path_factory.mktemp("egress")) as brought_up:
        yield brought_up


def test_another_allow_list_rolls_the_proxies_without_a_moment_below_their_number(stack: RunningStack) -> None:
    server = ApiServer(stack.layout.kubeconfig)
    (old,) = {configuration(one) for one in server.get(f"{NAMESPACE}/pods")["items"]}
    before = uids(server, f"{NAMESPACE}/pods")
    nodes = uids(server, "/api/v1/namespaces/p2p-node/pods")

    shown = stack.preview(OTHER_LIST)
    assert effects(shown.changes) == ("rolls the proxies",)
    assert changed(shown) == {("replace", "egress-proxy-conf"), ("update", "egress-proxy")}

    with Witness(server, f"{NAMESPACE}/pods", f"{NAMESPACE}/configmaps") as witness:
        stack.bring_to(OTHER_LIST)
    moments = list(witness.moments())
    assert min(len(serving(there)) for there in moments) == REPLICAS
    assert max(len([key for key in there if key.startswith("Pod ")]) for there in moments) > REPLICAS

    (new,) = {configuration(one) for one in serving(moments[-1])}
    assert new != old
    for there in moments:
        assert {configuration(one) for one in serving(there)} <= there.keys(), "a proxy serves whose file is gone"
    assert old not in moments[-1]

    assert uids(server, f"{NAMESPACE}/pods").isdisjoint(before)
    assert uids(server, "/api/v1/namespaces/p2p-node/pods") == nodes
    deadline = time.monotonic() + 10
    while len(server.get(f"{WORKLOADS}/replicasets")["items"]) > 1:
        assert time.monotonic() < deadline, "`kubectl rollout undo` leads to pods whose configuration is gone"
        time.sleep(0.2)


def test_a_third_proxy_leaves_the_others_alone_and_two_never_go_at_once(stack: RunningStack) -> None:
    server = ApiServer(stack.layout.kubeconfig)
    before = uids(server, f"{NAMESPACE}/pods")
    more = {**stack.given, "egress.replicas": REPLICAS + 1}
    stack.bring_to(more)
    assert before < uids(server, f"{NAMESPACE}/pods")

    first, second, third = server.get(f"{NAMESPACE}/pods")["items"]
    assert len({pod["spec"]["nodeName"] for pod in (first, second, third)}) == REPLICAS + 1
    evict(server, first)
    with pytest.raises(ApiRefused, match="violate the pod's disruption budget") as refused:
        evict(server, second)
    assert refused.value.status == 429


def evict(server: ApiServer, pod: dict[str, Any]) -> None:
    name = pod["metadata"]["name"]
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": "egress-proxy"}}
    server.create(f"{NAMESPACE}/pods/{name}/eviction", body)
