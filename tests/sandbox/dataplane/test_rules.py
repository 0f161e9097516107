from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dataplane.facts import Cluster
from sandbox.dataplane.rules import NoNode, Rule, rules_for

Make = Callable[..., Any]
Json = dict[str, Any]
CLASS = "cloud.google.com/compute-class"
TAINT = {"key": CLASS, "value": "p2p", "effect": "NoSchedule"}


@pytest.fixture(name="cluster")
def _cluster(cluster_of: Make) -> Cluster:
    return cluster_of()  # type: ignore[no-any-return]


@pytest.fixture(name="rules")
def _rules(cluster: Cluster, pending: Make, an_object: Make) -> Callable[..., tuple[Rule | NoNode, ...]]:
    """The rules for a pod that selects a class with these priorities."""

    def make(*priorities: Json, auto: bool = True, **spec: Any) -> tuple[Rule | NoNode, ...]:
        pod = pending("p", nodeSelector={CLASS: "p2p"})
        whole = {"priorities": list(priorities), "nodePoolAutoCreation": {"enabled": auto}, **spec}
        return rules_for(pod, cluster, [an_object("ComputeClass", "p2p", spec=whole)])

    return make


def types(rule: Rule | NoNode) -> list[str]:
    assert isinstance(rule, Rule)
    return [machine.type for machine in rule.machines]


@pytest.mark.parametrize(
    ("spec", "families"),
    [
        ({}, {"e2"}),
        ({"nodeSelector": {"cloud.google.com/machine-family": "n4"}}, {"e2", "n1", "n2", "n2d", "n4", "c3", "c4"}),
    ],
)
def test_without_a_class_the_pod_and_the_clusters_defaults_decide(
    cluster: Cluster, pending: Make, spec: Json, families: set[str]
) -> None:
    [rule] = rules_for(pending("p", **spec), cluster, [])
    assert isinstance(rule, Rule)
    assert {machine.family for machine in rule.machines} == families
    assert (rule.zones, rule.disk_type, rule.labels, rule.taints) == (cluster.zones, "pd-ssd", {}, ())


def test_priorities_are_tried_in_their_order(rules: Make) -> None:
    first, second, third = rules(
        {"machineFamily": "n2", "minCores": 4, "minMemoryGb": 32},
        {"machineType": "n2d-standard-4"},
        {"spot": False},
    )
    assert types(first)[:2] == ["n2-highmem-4", "n2-standard-8"]
    assert types(second) == ["n2d-standard-4"]
    assert types(third)[0] == "e2-standard-2", "the default machine series"
    [cores] = rules({"machineFamily": "n2", "minCores": 4})
    assert types(cores)[0] == "n2-standard-4"


def test_a_priority_decides_disk_zones_labels_and_taints(rules: Make) -> None:
    own = {"key": "own", "value": "v", "effect": "NoSchedule"}
    [rule] = rules(
        {
            "machineFamily": "n4",
            "storage": {"bootDiskType": "hyperdisk-balanced", "bootDiskSize": 50},
            "location": {"zones": ["europe-west4-a"]},
            "nodeLabels": {"b": "2"},
        },
        nodePoolConfig={"nodeLabels": {"a": "1"}, "taints": [own]},
        priorityDefaults={"location": {"zones": ["europe-west4-c"]}},
    )
    assert (rule.disk_type, rule.disk_gib, rule.zones) == ("hyperdisk-balanced", 50, ("europe-west4-a",))
    assert rule.labels == {"a": "1", "b": "2", CLASS: "p2p"}
    assert rule.taints == (TAINT, own)


def test_what_a_priority_leaves_open_is_the_classs_or_the_clusters_default(rules: Make, cluster: Cluster) -> None:
    [rule] = rules({"machineFamily": "n2"}, priorityDefaults={"location": {"zones": ["europe-west4-c"]}})
    assert (rule.disk_type, rule.disk_gib, rule.zones) == ("pd-ssd", 100, ("europe-west4-c",))
    [rule] = rules({"machineFamily": "n2"})
    assert rule.zones == cluster.zones


@pytest.mark.parametrize(("behaviour", "count"), [("ScaleUpAnyway", 2), ("DoNotScaleUp", 1), (None, 1)])
def test_scale_up_anyway_adds_the_default_machines(rules: Make, behaviour: str | None, count: int) -> None:
    found = rules({"machineFamily": "n2"}, whenUnsatisfiable=behaviour)
    assert len(found) == count
    if count == 2:
        assert types(found[1])[0] == "e2-standard-2"
        assert (found[1].labels, found[1].taints) == ({CLASS: "p2p"}, (TAINT,))


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ({"spot": True}, "spot machines"),
        ({"nodepools": ["a"]}, "nodepools"),
        ({"gpu": {"type": "nvidia-l4", "count": 1}}, "gpu"),
        ({"storage": {"localSSDCount": 1}}, "local SSDs"),
        ({"reservations": {"affinity": "Specific"}}, "specific reservations"),
        ({"priorityScore": 0}, "priorityScore"),
        ({"machineFamily": "m3"}, "no machine of the sandbox"),
        ({"machineType": "e2-medium"}, "no machine of the sandbox"),
    ],
)
def test_what_is_not_simulated_makes_no_node_and_says_so(rules: Make, rule: Json, what: str) -> None:
    refused, usable = rules(rule, {"machineFamily": "n2"})
    assert what in refused.reason
    assert '"p2p"' in refused.reason
    assert types(usable)


def test_a_class_that_is_missing_or_makes_no_pools_is_named(rules: Make, cluster: Cluster, pending: Make) -> None:
    [missing] = rules_for(pending("p", nodeSelector={CLASS: "gone"}), cluster, [])
    assert missing == NoNode(reason='ComputeClass "gone" does not exist')
    [by_hand] = rules({"machineFamily": "n2"}, auto=False)
    assert by_hand == NoNode(reason='ComputeClass "p2p" has no nodePoolAutoCreation')
