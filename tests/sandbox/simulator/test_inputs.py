"""Names made up, refusals gathered, and inputs read back from the cloud."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.simulator.catalogue import Catalogue
from sandbox.simulator.inputs import named, observed, refusals
from sandbox.simulator.paths import UNKNOWN

CLUSTER = "gcp:container/cluster:Cluster"
FIREWALL = "gcp:compute/firewall:Firewall"
NAT = "gcp:compute/routerNat:RouterNat"
POOL = "gcp:container/nodePool:NodePool"
METRIC = "gcp:logging/metric:Metric"
NETWORK = "gcp:compute/network:Network"
ALLOW = [{"protocol": "tcp"}]
NAT_INPUTS = {"router": "r", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}


def metric(**inputs: Any) -> dict[str, Any]:
    return {"name": "proxy/requests", "filter": "severity>=ERROR", **inputs}


def described(value_type: Any = "INT64", *labels: Any) -> dict[str, Any]:
    return {"metricKind": "DELTA", "valueType": value_type, "labels": [{"key": label} for label in labels]}


def limits(*types: Any) -> dict[str, Any]:
    return {"enabled": True, "resourceLimits": [{"resourceType": type, "maximum": 1} for type in types]}


@pytest.mark.parametrize(
    ("token", "inputs", "path", "says"),
    [
        (
            CLUSTER,
            {"clusterIpv4Cidr": "10.0.0.0/14", "ipAllocationPolicy": {}},
            "clusterIpv4Cidr",
            "conflicts with 'ipAllocationPolicy'",
        ),
        (CLUSTER, {"enableAutopilot": False, "enableShieldedNodes": True}, "enableAutopilot", "ConflictsWith"),
        (
            CLUSTER,
            {"ipAllocationPolicy": {"clusterIpv4CidrBlock": "/14", "clusterSecondaryRangeName": "p"}},
            "ipAllocationPolicy.clusterIpv4CidrBlock",
            "conflicts with 'ipAllocationPolicy.clusterSecondaryRangeName'",
        ),
        (CLUSTER, {"clusterAutoscaling": limits("cpu")}, "clusterAutoscaling.resourceLimits", "'memory'"),
        (CLUSTER, {"clusterAutoscaling": {"enabled": True}}, "clusterAutoscaling.resourceLimits", "'cpu'"),
        (
            CLUSTER,
            {"maintenancePolicy": {"maintenanceExclusions": []}},
            "maintenancePolicy.dailyMaintenanceWindow",
            "exactly one of",
        ),
        (
            CLUSTER,
            {"nodePools": [{"name": "a"}, {"name": "b", "namePrefix": "c"}]},
            "nodePools[1].namePrefix",
            "conflicts with 'nodePools[1].name'",
        ),
        (FIREWALL, {"network": "n"}, "allows", "exactly one of allows, denies must be given, not 0"),
        (FIREWALL, {"network": "n", "allows": ALLOW, "denies": ALLOW}, "allows", "not 2"),
        (
            FIREWALL,
            {"network": "n", "allows": ALLOW, "sourceTags": ["a"], "targetServiceAccounts": ["b"]},
            "targetServiceAccounts",
            "docstring of Firewall",
        ),
        (
            NAT,
            {**NAT_INPUTS, "enableDynamicPortAllocation": True, "enableEndpointIndependentMapping": True},
            "enableDynamicPortAllocation",
            "Mutually exclusive",
        ),
        (NAT, {**NAT_INPUTS, "initialNatIps": ["a"], "natIps": ["b"]}, "initialNatIps", "Conflicts with natIps"),
        (POOL, {"cluster": "c", "name": "a", "namePrefix": "b"}, "namePrefix", "conflicts with 'name'"),
        (METRIC, {"name": "requests"}, "filter", "Missing required property"),
        (METRIC, metric(name="/requests"), "name", "does not match"),
        (METRIC, metric(name="requests of the proxy"), "name", "limited to 100 characters"),
        (METRIC, metric(name="a" * 101), "name", "does not match"),
        (METRIC, metric(metricDescriptor=described("COUNT")), "metricDescriptor.valueType", "expected one of BOOL,"),
        (METRIC, metric(metricDescriptor=described("DISTRIBUTION")), "valueExtractor", "is required where"),
        (METRIC, metric(valueExtractor="jsonPayload.milliseconds"), "valueExtractor", "EXTRACT(field)"),
        (METRIC, metric(bucketOptions={}), "bucketOptions.linearBuckets", "exactly one of"),
        (
            METRIC,
            metric(metricDescriptor=described("INT64", "method", "verdict"), labelExtractors={"method": "EXTRACT(a)"}),
            "metricDescriptor.labels[1].key",
            "'verdict' is no key of labelExtractors",
        ),
        (METRIC, metric(metricDescriptor=described("INT64", "method")), "metricDescriptor.labels[0].key", "no key"),
    ],
)
def test_refused_with_the_reference(
    catalogue: Catalogue, token: str, inputs: dict[str, Any], path: str, says: str
) -> None:
    found = refusals(catalogue.entry(token), inputs)
    assert path in {problem.path for problem in found}
    assert any(says in problem.reason for problem in found), found


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (CLUSTER, {"clusterAutoscaling": limits("memory", "cpu", "nvidia-tesla-t4")}),
        (CLUSTER, {"clusterAutoscaling": {"enabled": True, "resourceLimits": UNKNOWN}}),
        (CLUSTER, {"clusterAutoscaling": limits(UNKNOWN)}),
        (CLUSTER, {"clusterAutoscaling": {"enabled": False}}),
        (CLUSTER, {"clusterIpv4Cidr": UNKNOWN, "ipAllocationPolicy": {}}),
        (CLUSTER, {"maintenancePolicy": UNKNOWN}),
        (NAT, {**NAT_INPUTS, "enableDynamicPortAllocation": True, "enableEndpointIndependentMapping": False}),
        (FIREWALL, {"network": "n", "allows": UNKNOWN}),
        (METRIC, metric(name="my-(custom)/metric")),
        (METRIC, metric(name=UNKNOWN, valueExtractor=UNKNOWN)),
        (METRIC, metric(valueExtractor='REGEXP_EXTRACT(jsonPayload.status, "^([0-9])")')),
        (METRIC, metric(metricDescriptor=described(UNKNOWN))),
        (METRIC, metric(metricDescriptor=described("DISTRIBUTION"), valueExtractor="EXTRACT(a)")),
        (METRIC, metric(metricDescriptor=described("INT64", UNKNOWN), labelExtractors={"method": "EXTRACT(a)"})),
        (METRIC, metric(metricDescriptor=described("INT64", "method"), labelExtractors=UNKNOWN)),
    ],
)
def test_accepted(catalogue: Catalogue, token: str, inputs: dict[str, Any]) -> None:
    assert refusals(catalogue.entry(token), inputs) == []


def test_a_name_is_made_up_and_kept(catalogue: Catalogue) -> None:
    entry = catalogue.entry(NETWORK)
    made = named(entry, "Main-Net", {"mtu": 1460, "description": None, "__defaults": []}, {}, b"seed")
    assert re.fullmatch(r"main-net-[0-9a-f]{7}", made.pop("name"))
    assert made == {"mtu": 1460}
    first = named(entry, "net", {}, {}, b"one")
    assert named(entry, "net", {}, first, b"two") == first, "an update keeps it"
    assert named(entry, "net", {}, {}, b"two") != first, "a replacement gets another"
    assert named(entry, "net", {}, {"name": "given"}, b"two") != {"name": "given"}, "a given name was no made-up one"
    assert named(entry, "net", {"name": "given"}, first, b"two") == {"name": "given"}


def test_made_up_names_are_short_enough(catalogue: Catalogue) -> None:
    long = "x" * 100
    assert len(named(catalogue.entry(CLUSTER), long, {}, {}, b"")["name"]) == 40
    assert len(named(catalogue.entry("gcp:serviceaccount/account:Account"), long, {}, {}, b"")["accountId"]) == 30
    assert "name" not in named(catalogue.entry(POOL), "p", {"namePrefix": "q"}, {}, b"")


@pytest.mark.parametrize(
    ("written", "given", "actual", "expected"),
    [
        ({"a": 1}, {"a": 1}, {"a": 1, "filled": 2}, {"a": 1}),
        ({"a": 1}, {"a": 1}, {"a": 5}, {"a": 5}),
        ({"n": "link/n"}, {"n": "n"}, {"n": "link/n"}, {"n": "n"}),
        ({"n": "link/n"}, {"n": "n"}, {"n": "link/m"}, {"n": "link/m"}),
        ({"a": {"b": 1}}, {"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, {"a": {"b": 2}}),
        ({"a": 1}, {"a": 1}, {}, {}),
        ({"z": ["a", "b"]}, {"z": ["a", "b"]}, {"z": ["b", "a"]}, {"z": ["a", "b"]}),
        ({"z": ["a"]}, {"z": ["a"]}, {"z": ["a", "c"]}, {"z": ["a", "c"]}),
        ({"l": ["a", "b"]}, {"l": ["a", "b"]}, {"l": ["b", "a"]}, {"l": ["b", "a"]}),
    ],
)
def test_observed_looks_only_where_the_program_gave_something(
    written: Any, given: Any, actual: Any, expected: Any
) -> None:
    assert observed(written, given, actual, ("z",)) == expected
