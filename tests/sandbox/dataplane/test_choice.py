from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dataplane.changes import Action, Create, Delete, Emit
from sandbox.dataplane.nodes import plan

Make = Callable[..., Any]
Json = dict[str, Any]
CLASS = "cloud.google.com/compute-class"
SELECTS = {"nodeSelector": {CLASS: "p2p"}, "tolerations": [{"key": CLASS, "operator": "Equal", "value": "p2p"}]}
HYPERDISK = {"storage": {"bootDiskType": "hyperdisk-balanced", "bootDiskSize": 50}}
N4, C3, N2 = {"machineFamily": "n4", **HYPERDISK}, {"machineFamily": "c3", **HYPERDISK}, {"machineFamily": "n2"}


@pytest.fixture(name="acted")
def _acted(make_facts: Make, pending: Make, an_object: Make) -> Callable[..., list[Action]]:
    """What is planned for a pod of a class with these priorities."""

    def make(*priorities: Json, pod: Json | None = None, when: str = "DoNotScaleUp", **fields: Any) -> list[Action]:
        spec = {"priorities": list(priorities), "nodePoolAutoCreation": {"enabled": True}, "whenUnsatisfiable": when}
        classes = [an_object("ComputeClass", "p2p", spec=spec)]
        return plan(make_facts(pods=[pod or pending("p", **SELECTS)], compute_classes=classes, **fields))

    return make


def made(actions: list[Action]) -> list[Json]:
    return [c.body for a in actions for c in a.changes if isinstance(c, Create) and c.kind == "Node"]


def types(actions: list[Action]) -> list[str]:
    return [body["metadata"]["labels"]["node.kubernetes.io/instance-type"] for body in made(actions)]


def said(actions: list[Action]) -> list[tuple[str, str]]:
    return [(c.reason, c.message) for a in actions for c in a.changes if isinstance(c, Emit)]


def test_the_first_priority_makes_the_node(acted: Make) -> None:
    [body] = made(acted(N4, C3))
    labels = body["metadata"]["labels"]
    assert labels[CLASS] == "p2p"
    assert labels["cloud.google.com/machine-family"] == "n4"
    assert labels["node.kubernetes.io/instance-type"] == "n4-standard-2"
    assert labels["cloud.google.com/gke-boot-disk"] == "hyperdisk-balanced"
    assert body["status"]["capacity"]["ephemeral-storage"] == str(50 * 1024**3)
    assert body["spec"]["taints"] == [{"key": CLASS, "value": "p2p", "effect": "NoSchedule"}]


@pytest.mark.parametrize(
    ("stockouts", "expected"),
    [
        ((), ["n4-standard-2"]),
        (("n4-standard-2",), ["n4-highmem-2"]),
        (("n4",), ["c3-standard-4"]),
        (("n4", "c3"), []),
    ],
)
def test_a_stock_out_leads_to_the_next_priority(acted: Make, stockouts: tuple[str, ...], expected: list[str]) -> None:
    assert types(acted(N4, C3, stockouts=frozenset(stockouts))) == expected


def test_a_priority_whose_machines_are_too_small_is_passed_over(acted: Make, pending: Make) -> None:
    assert types(acted({"machineType": "n2-standard-2"}, N4, pod=pending("p", cpu="3", **SELECTS))) == ["n4-standard-4"]


def test_a_boot_disk_that_the_family_cannot_use_makes_no_node(acted: Make) -> None:
    actions = acted({"machineFamily": "n4"})
    assert not made(actions)
    assert "boot disk type pd-ssd does not work with n4 machines" in said(actions)[0][1]


@pytest.mark.parametrize(("when", "expected"), [("DoNotScaleUp", []), ("ScaleUpAnyway", ["e2-standard-2"])])
def test_what_happens_when_no_priority_can(acted: Make, when: str, expected: list[str]) -> None:
    actions = acted(N4, when=when, stockouts=frozenset({"n4"}))
    assert types(actions) == expected
    [(reason, text)] = said(actions)
    assert reason == ("TriggeredScaleUp" if expected else "NotTriggerScaleUp")
    assert expected or "GCE out of resources for n4-standard-2" in text


def test_a_stock_out_holds_for_pods_without_a_class_too(make_facts: Make, pending: Make) -> None:
    actions = plan(make_facts(pods=[pending("p")], stockouts=frozenset({"e2"})))
    assert not made(actions)
    assert "GCE out of resources for e2-standard-2" in said(actions)[0][1]


def test_an_unknown_class_leaves_the_pod_waiting_and_is_named(make_facts: Make, pending: Make) -> None:
    actions = plan(make_facts(pods=[pending("p", nodeSelector={CLASS: "gone"})]))
    assert said(actions) == [
        ("NotTriggerScaleUp", 'pod didn\'t trigger scale-up: 1 ComputeClass "gone" does not exist')
    ]
    assert not made(actions)


def test_a_node_of_a_class_takes_no_other_pods(acted: Make, make_facts: Make, pending: Make) -> None:
    [node] = made(acted(N2))
    node["metadata"]["uid"] = "uid-n"
    assert not made(acted(N2, nodes=[node])), "pods of the class fit"
    assert types(plan(make_facts(pods=[pending("other")], nodes=[node]))) == ["e2-standard-2"]


def test_the_clusters_limits_hold_for_classes(acted: Make, cluster_of: Make) -> None:
    limits = [{"resourceType": "cpu", "minimum": 0, "maximum": 1}]
    actions = acted(N2, cluster=cluster_of(resourceLimits=limits))
    assert not made(actions)
    assert "max cluster cpu limit reached" in said(actions)[0][1]


def test_a_class_makes_and_removes_nodes_without_auto_provisioning_for_the_cluster(
    acted: Make, make_facts: Make, cluster_of: Make, pending: Make
) -> None:
    off = cluster_of(enabled=False, resourceLimits=[])
    [node] = made(acted(N2, cluster=off))
    assert not plan(make_facts(cluster=off, pods=[pending("other")]))
    node["metadata"]["uid"] = "uid-n"
    node["status"]["conditions"] = [{"type": "Ready", "status": "True"}]
    gone = [c.name for a in plan(make_facts(cluster=off, nodes=[node])) for c in a.changes if isinstance(c, Delete)]
    assert gone == [node["metadata"]["name"]]
    del node["metadata"]["labels"][CLASS]
    assert not [c for a in plan(make_facts(cluster=off, nodes=[node])) for c in a.changes if isinstance(c, Delete)]


def test_priorities_that_differ_in_anything_have_pools_of_their_own(acted: Make) -> None:
    small, large = ({"machineFamily": "n2", "storage": {"bootDiskSize": size}} for size in (50, 100))
    pools = {made(acted(rule))[0]["metadata"]["labels"]["cloud.google.com/gke-nodepool"] for rule in (small, large)}
    assert len(pools) == 2
    assert all(pool.startswith("nap-n2-standard-2-") for pool in pools)
