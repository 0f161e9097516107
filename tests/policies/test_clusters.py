"""The walk over machines, and what two fields of a cluster do together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from guardrails.clusters import CLUSTER, NODE_POOL, over_machines, over_node_pools
from guardrails.control import Finding, Outcome, Unjudged
from guardrails.fields import Field
from guardrails.plain import UNKNOWN
from guardrails.resource import Resource

from tests.policies.case_files import BY_ID, judged


def _resource(type_: str, **props: Any) -> Resource:
    return Resource(type=type_, name="cluster", urn="urn:cluster", props=props)


def _seen(machines: Field) -> Iterator[Outcome]:
    yield Finding(path=machines.path, found="", allowed="", fix="")


def _paths(outcomes: Iterator[Outcome]) -> list[str]:
    return [outcome.path for outcome in outcomes]


_LISTED: list[dict[str, Any]] = [{"nodeConfig": {}}, {}]
_ON = {"enabled": True}
_ACCOUNT = "clusterAutoscaling.autoProvisioningDefaults.serviceAccount"
_PORT = "nodePoolAutoConfig.nodeKubeletConfig.insecureKubeletReadonlyPortEnabled"


@pytest.mark.parametrize(
    ("props", "pools", "made"),
    [
        ({}, ["nodeConfig"], []),
        ({"removeDefaultNodePool": True}, [], []),
        ({"nodePools": _LISTED}, ["nodePools[0].nodeConfig", "nodePools[1].nodeConfig"], []),
        ({"clusterAutoscaling": _ON}, ["nodeConfig"], ["clusterAutoscaling.autoProvisioningDefaults"]),
        ({"clusterAutoscaling": {"enabled": False}}, ["nodeConfig"], []),
        ({"enableAutopilot": True, "clusterAutoscaling": _ON}, [], []),
        ({"enableAutopilot": UNKNOWN, "clusterAutoscaling": _ON}, ["enableAutopilot"], []),
        ({"removeDefaultNodePool": UNKNOWN}, ["removeDefaultNodePool"], []),
        ({"nodePools": UNKNOWN}, ["nodePools"], []),
        ({"clusterAutoscaling": UNKNOWN}, ["nodeConfig"], ["clusterAutoscaling"]),
    ],
)
def test_machines_of_a_cluster(props: dict[str, Any], pools: list[str], made: list[str]) -> None:
    cluster = _resource(CLUSTER, **props)
    assert _paths(over_node_pools(cluster, _seen)) == pools
    assert _paths(over_machines(cluster, _seen)) == pools + made


def test_machines_of_a_node_pool() -> None:
    pool = _resource(NODE_POOL, nodePools=_LISTED, clusterAutoscaling=_ON)
    assert _paths(over_machines(pool, _seen)) == ["nodeConfig"]


def test_nothing_else_has_machines() -> None:
    assert _paths(over_machines(_resource("gcp:compute/instance:Instance", nodeConfig={}), _seen)) == []


@pytest.mark.parametrize(
    ("control", "path", "value"),
    [
        ("nodes-own-service-account", _ACCOUNT, "default"),
        ("nodes-own-service-account", _ACCOUNT, None),
        ("kubelet-port-closed", _PORT, "TRUE"),
        ("cluster-release-channel", "releaseChannel.channel", "UNSPECIFIED"),
        ("cluster-private-nodes", "privateClusterConfig.enablePrivateNodes", None),
        ("control-plane-closed", "masterAuthorizedNetworksConfig", None),
    ],
)
def test_autopilot_leaves_some_to_decide(control: str, path: str, value: Any) -> None:
    props = value
    for key in reversed(path.split(".")):
        props = {key: props}
    [(_, outcome)] = judged(BY_ID[control], [_resource(CLUSTER, enableAutopilot=True, **props)])
    assert isinstance(outcome, Finding)
    assert outcome.path == path


@pytest.mark.parametrize(
    "control",
    [
        "cluster-auto-provisioning-limits",
        "cluster-release-channel",
        "cluster-secure-boot",
        "cluster-workload-identity",
    ],
)
def test_autopilot_decides_the_rest(control: str) -> None:
    assert judged(BY_ID[control], [_resource(CLUSTER, enableAutopilot=True)]) == []
    [(_, outcome)] = judged(BY_ID[control], [_resource(CLUSTER, enableAutopilot=UNKNOWN)])
    assert isinstance(outcome, Unjudged)
    assert outcome.path == "enableAutopilot"


def test_autopilot_without_a_channel_is_in_regular() -> None:
    cluster = _resource(CLUSTER, enableAutopilot=True)
    assert len(judged(BY_ID["cluster-release-channel"], [cluster], {"channels": ["STABLE"]})) == 1


@pytest.mark.parametrize(("policy", "outcomes"), [("PREVENT", 0), ("DELETE", 1), ("ABANDON", 1)])
def test_prevention_is_protection_too(policy: str, outcomes: int) -> None:
    cluster = _resource(CLUSTER, deletionProtection=False, deletionPolicy=policy)
    assert len(judged(BY_ID["cluster-deletion-protection"], [cluster])) == outcomes


def test_unknown_prevention_is_a_doubt() -> None:
    cluster = _resource(CLUSTER, deletionProtection=False, deletionPolicy=UNKNOWN)
    [(_, outcome)] = judged(BY_ID["cluster-deletion-protection"], [cluster])
    assert isinstance(outcome, Unjudged)
    assert outcome.path == "deletionPolicy"
