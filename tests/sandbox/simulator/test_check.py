"""Inputs against pulumi_gcp's types."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.simulator.catalogue import Catalogue
from sandbox.simulator.check import problems
from sandbox.simulator.paths import UNKNOWN

CLUSTER = "gcp:container/cluster:Cluster"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
NETWORK = "gcp:compute/network:Network"
LIMITS = "clusterAutoscaling.resourceLimits"


@pytest.mark.parametrize(
    ("token", "inputs", "path", "says"),
    [
        (NETWORK, {"nmae": "x"}, "nmae", "unknown key 'nmae'. Did you mean 'name'?"),
        (
            NETWORK,
            {"auto_create_subnetworks": True},
            "auto_create_subnetworks",
            "Did you mean 'autoCreateSubnetworks'?",
        ),
        (
            NETWORK,
            {"autoCreateSubnetworks": "yes"},
            "autoCreateSubnetworks",
            "expected a boolean, got the string 'yes'",
        ),
        (NETWORK, {"mtu": 1460.5}, "mtu", "expected a whole number, got the number 1460.5"),
        (NETWORK, {"mtu": True}, "mtu", "expected a whole number, got the boolean True"),
        (NETWORK, {"mtu": "1460"}, "mtu", "expected a whole number, got the string '1460'"),
        (NETWORK, {"name": 7}, "name", "expected a string, got the number 7"),
        (NETWORK, {"name": ["x"]}, "name", "expected a string, got a list"),
        (NETWORK, {"routingMode": "WORLD"}, "routingMode", "expected one of REGIONAL, GLOBAL, got 'WORLD'"),
        (NETWORK, {"params": {"resourceManagerTag": {}}}, "params.resourceManagerTag", "Did you mean"),
        (NETWORK, {"params": {"resourceManagerTags": {"a/b": 1}}}, 'params.resourceManagerTags["a/b"]', "a string"),
        (NETWORK, {"params": "x"}, "params", "expected an object, got the string 'x'"),
        (SUBNETWORK, {}, "network", "Missing required property 'network'"),
        (SUBNETWORK, {"network": None}, "network", "Missing required property 'network'"),
        (SUBNETWORK, {"network": "n", "secondaryIpRanges": {}}, "secondaryIpRanges", "expected a list, got an object"),
        (
            SUBNETWORK,
            {"network": "n", "secondaryIpRanges": [{"ipCidrRange": "10.0.0.0/8"}]},
            "secondaryIpRanges[0].rangeName",
            "Missing required property",
        ),
        (
            CLUSTER,
            {"clusterAutoscaling": {"resourceLimits": [{"resourceType": "cpu"}]}},
            f"{LIMITS}[0].maximum",
            "Missing",
        ),
        (CLUSTER, {"nodeLocations": ["a", 1]}, "nodeLocations[1]", "expected a string, got the number 1"),
    ],
)
def test_refused(catalogue: Catalogue, token: str, inputs: dict[str, Any], path: str, says: str) -> None:
    found = list(problems(catalogue.types, catalogue.entry(token).schema.inputs, inputs))
    assert [problem.path for problem in found] == [path]
    assert says in found[0].reason


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (NETWORK, {"name": "n", "mtu": 1460, "routingMode": "GLOBAL", "description": None}),
        (NETWORK, {"name": UNKNOWN, "mtu": UNKNOWN, "params": UNKNOWN, "routingMode": UNKNOWN}),
        (SUBNETWORK, {"network": UNKNOWN, "secondaryIpRanges": [UNKNOWN], "logConfig": {"flowSampling": 0.5}}),
        (SUBNETWORK, {"network": "n", "logConfig": {"flowSampling": 1}}),
        (CLUSTER, {"resourceLabels": {"a": UNKNOWN}, "clusterAutoscaling": {"resourceLimits": UNKNOWN}}),
    ],
)
def test_accepted(catalogue: Catalogue, token: str, inputs: dict[str, Any]) -> None:
    assert list(problems(catalogue.types, catalogue.entry(token).schema.inputs, inputs)) == []
