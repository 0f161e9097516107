from __future__ import annotations

import pytest

from sandbox.vertical_autoscaling.metrics import ROOT, Measured, answer
from sandbox.vertical_autoscaling.usage import Usage
from tests.sandbox.vertical_autoscaling.pods import pod

MEASURED = Measured(
    namespace="p2p-node",
    stateful_set="p2p-node",
    usage=Usage(memory_mib=3000, cpu_millicores=410.4),
    timestamp="2026-11-24T12:00:00Z",
)
PODS = [
    pod("p2p-node-0"),
    pod("p2p-node-1", limit="2Gi", node="n2"),
    pod("other-0", owner="other", request="100Mi"),
    pod("p2p-node-0", namespace="elsewhere", request="200Mi"),
    pod("waits", phase="Pending"),
    pod("unbound", node=""),
]


def usage_of(path: str) -> dict[str, dict[str, str]]:
    status, body = answer(path, PODS, MEASURED)
    assert status == 200
    return {f"{i['metadata']['namespace']}/{i['metadata']['name']}": i["containers"][0]["usage"] for i in body["items"]}


def test_nodes_follow_the_profile_up_to_their_limit_and_all_others_use_what_they_ask_for() -> None:
    assert usage_of(f"{ROOT}/pods") == {
        "p2p-node/p2p-node-0": {"cpu": "410m", "memory": f"{3000 * 1024}Ki"},
        "p2p-node/p2p-node-1": {"cpu": "410m", "memory": f"{2048 * 1024}Ki"},
        "p2p-node/other-0": {"cpu": "500m", "memory": "100Mi"},
        "elsewhere/p2p-node-0": {"cpu": "500m", "memory": "200Mi"},
    }


def test_a_list_of_one_namespace() -> None:
    assert list(usage_of(f"{ROOT}/namespaces/elsewhere/pods")) == ["elsewhere/p2p-node-0"]


def test_one_pod_as_metrics_server_gives_it() -> None:
    status, body = answer(f"{ROOT}/namespaces/p2p-node/pods/p2p-node-0", PODS, MEASURED)
    assert (status, body) == (
        200,
        {
            "kind": "PodMetrics",
            "apiVersion": "metrics.k8s.io/v1beta1",
            "metadata": {"name": "p2p-node-0", "namespace": "p2p-node"},
            "timestamp": "2026-11-24T12:00:00Z",
            "window": "10s",
            "containers": [{"name": "node", "usage": {"cpu": "410m", "memory": f"{3000 * 1024}Ki"}}],
        },
    )


def test_a_machine_uses_what_its_pods_use() -> None:
    _, body = answer(f"{ROOT}/nodes", PODS, MEASURED)
    assert {item["metadata"]["name"]: item["usage"] for item in body["items"]} == {
        "n1": {"cpu": "1410m", "memory": f"{3300 * 1024}Ki"},
        "n2": {"cpu": "410m", "memory": f"{2048 * 1024}Ki"},
    }
    assert answer(f"{ROOT}/nodes/n2", PODS, MEASURED)[1]["kind"] == "NodeMetrics"


def test_discovery_names_both_resources() -> None:
    _, body = answer(ROOT, [], MEASURED)
    assert [resource["name"] for resource in body["resources"]] == ["nodes", "pods"]


@pytest.mark.parametrize("path", ["/openapi/v2", f"{ROOT}/nodes/n9", f"{ROOT}/namespaces/p2p-node/pods/waits"])
def test_what_there_is_not_is_a_status(path: str) -> None:
    status, body = answer(path, PODS, MEASURED)
    assert (status, body["kind"], body["reason"]) == (404, "Status", "NotFound")
