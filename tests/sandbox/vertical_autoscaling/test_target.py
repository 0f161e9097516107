from __future__ import annotations

from typing import Any, cast

import pytest

from operations.errors import OperationError
from sandbox.dataplane.api_server import ApiRefused, ApiServer
from sandbox.vertical_autoscaling.target import AUTOSCALERS, find

Json = dict[str, Any]


class Answers:
    """An API server with these objects by path."""

    def __init__(self, objects: dict[str, Json]) -> None:
        self._objects = objects

    def get(self, path: str) -> Json:
        if path not in self._objects:
            raise ApiRefused(404, "not found")
        return self._objects[path]


def autoscaler(kind: str = "StatefulSet", mode: str = "Recreate", most: str | None = "16Gi") -> Json:
    policies = [{"containerName": "p2p-node", "maxAllowed": {"memory": most}}] if most else []
    return {
        "metadata": {"name": "scaler", "namespace": "p2p"},
        "spec": {
            "targetRef": {"kind": kind, "name": "nodes"},
            "updatePolicy": {"updateMode": mode},
            "resourcePolicy": {"containerPolicies": policies},
        },
    }


def cluster(*autoscalers: Json, with_stateful_set: bool = True) -> ApiServer:
    containers = [{"resources": {"requests": {"memory": "2Gi"}}}]
    stateful_set = {"spec": {"replicas": 2, "template": {"spec": {"containers": containers}}}}
    objects: dict[str, Json] = {AUTOSCALERS: {"items": list(autoscalers)}}
    if with_stateful_set:
        objects["/apis/apps/v1/namespaces/p2p/statefulsets/nodes"] = stateful_set
    return cast("ApiServer", Answers(objects))


def test_the_autoscaled_stateful_set_is_found() -> None:
    target = find(cluster(autoscaler("Deployment"), autoscaler()), needed_mib=6500)
    assert (target.namespace, target.stateful_set, target.autoscaler, target.replicas) == ("p2p", "nodes", "scaler", 2)
    assert (target.request_mib, target.most_mib) == (2048, 16384)


@pytest.mark.parametrize(
    ("server", "words"),
    [
        (cluster(), "Run `make up` first"),
        (cluster(autoscaler("Deployment")), "Run `make up` first"),
        (cluster(autoscaler(mode="Off")), "has the mode Off; the demonstration is about Recreate"),
        (cluster(autoscaler(most="4Gi")), "allows at most 4096 MiB, and usage is to grow to 6500 MiB"),
        (cluster(autoscaler(), with_stateful_set=False), "p2p/nodes: not found"),
    ],
)
def test_what_cannot_show_it_is_told_with_the_way_out(server: ApiServer, words: str) -> None:
    with pytest.raises(OperationError, match=words):
        find(server, needed_mib=6500)


def test_without_a_bound_anything_can_follow() -> None:
    assert find(cluster(autoscaler(most=None)), needed_mib=10**6).most_mib is None
