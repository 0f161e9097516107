from __future__ import annotations

from itertools import pairwise
from typing import Any

from sandbox.vertical_autoscaling.scene import Scene, news, scene
from tests.sandbox.vertical_autoscaling.pods import autoscaler, leaving, node, pod


def seen(*pods: Any, nodes: Any = (), events: Any = (), scaler: Any = None) -> Scene:
    return scene(pods=pods, nodes=nodes or [node()], events=events, autoscaler=scaler, stateful_set="p2p-node")


def test_a_pod_with_what_matters_and_no_others() -> None:
    made = seen(pod(), pod("other-0", owner="other"))
    assert list(made.pods) == ["p2p-node-0"]
    facts = made.pods["p2p-node-0"]
    assert (facts.request_mib, facts.limit_mib, facts.node, facts.up) == (2048, 4096, "n1", True)
    assert facts.claims == ("data-p2p-node-0",)
    assert made.machine("p2p-node-0") == "e2-standard-2"
    assert made.machine("p2p-node-9") == ""


def test_who_leaves_or_is_not_ready_is_down() -> None:
    assert not seen(leaving(pod())).pods["p2p-node-0"].up
    assert not seen(pod(ready=False)).pods["p2p-node-0"].up


def test_nothing_is_news_where_nothing_changed() -> None:
    made = seen(pod(), scaler=autoscaler("2Gi"))
    assert list(news(made, made)) == []


def test_a_node_made_anew_on_a_larger_machine_is_told_step_by_step() -> None:
    evicted = {"reason": "EvictedByVPA", "involvedObject": {"uid": "u1"}}
    other = {"reason": "Started", "involvedObject": {"uid": "u1"}}
    machines = [node(), node("n2", "e2-highmem-2")]
    told: list[str] = []
    scenes = [
        seen(pod(), events=[other]),
        seen(pod(), events=[other], scaler=autoscaler("7Gi", "6Gi")),
        seen(leaving(pod()), events=[other, evicted], scaler=autoscaler("7Gi", "6Gi")),
        seen(pod(uid="u2", request="7Gi", node="", ready=False), scaler=autoscaler("7Gi", "6Gi")),
        seen(pod(uid="u2", request="7Gi", node="n2", ready=False), nodes=machines, scaler=autoscaler("7Gi", "6Gi")),
        seen(pod(uid="u2", request="7Gi", node="n2"), nodes=machines, scaler=autoscaler("7Gi", "6Gi")),
    ]
    for before, after in pairwise(scenes):
        told += news(before, after)
    assert told == [
        "recommended: 7168 MiB (evicted below 6144 MiB)",
        "p2p-node-0: evicted by the updater, with a request of 2048 MiB",
        "p2p-node-0: made anew, request 2048 -> 7168 MiB",
        "machine: n2 appears, e2-highmem-2 of node pool nap-e2-highmem-2",
        "p2p-node-0: on e2-highmem-2",
        "p2p-node-0: ready",
    ]


def test_a_recommendation_that_hardly_moved_is_no_news() -> None:
    told = news(seen(scaler=autoscaler("1000Mi")), seen(scaler=autoscaler("1040Mi")))
    assert list(told) == []
