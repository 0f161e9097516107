"""Addresses, names and load balancers of the nodes, and the zone that their names are in."""

from __future__ import annotations

from functools import cache
from typing import Any

import pulumi
import pytest

from components.node_addresses import holds
from components.p2p_node import P2PNode, P2PNodeArgs
from settings import NodeSettings
from tests.components.platforms import MACHINES, PLATFORM
from tests.program_mocks import SERVICE, Answers, World, of_settings, run

ADDRESS = "gcp:compute/address:Address"
RECORD = "gcp:dns/recordSet:RecordSet"
ZONE = "gcp:dns/getManagedZone:getManagedZone"
DNS = {"zone": "nodes", "domain": "test.nodes.example.org"}


def built(answers: Answers | None = None, **settings: Any) -> World:
    """A set of nodes by itself."""

    def program() -> None:
        made = P2PNode(
            "p2p-node",
            P2PNodeArgs(
                platform=PLATFORM,
                cluster_version="1.34.1-gke.1431000",
                machines=MACHINES,
                storage_class="ssd",
                environment={},
                proxy_port=3128,
                settings=NodeSettings.model_validate({"dns": DNS, **settings}),
            ),
        )
        pulumi.export("addresses", made.addresses)

    return run(program, answers=answers)


@cache
def of(replicas: int) -> World:
    return built(replicas=replicas)


def test_each_pod_has_an_address_reserved_for_it() -> None:
    address = of(2).one(ADDRESS, "p2p-node-1-address").inputs
    assert address == {
        "name": "p2p-nodes-test-p2p-node-1",
        "region": "europe-west1",
        "addressType": "EXTERNAL",
        "networkTier": "PREMIUM",
        "labels": {"platform": "p2p-nodes-test"},
    }
    assert len(of(2).of_type(ADDRESS)) == 2


def test_its_load_balancer_and_its_name_have_that_address_and_no_other() -> None:
    given = of(2).outputs["addresses"]
    assert sorted(given) == ["p2p-node-0", "p2p-node-1"]
    assert len(set(given.values())) == 2
    for pod, address in given.items():
        service = of(2).one(SERVICE, pod).inputs
        assert service["metadata"]["name"] == pod
        assert service["spec"]["loadBalancerIP"] == address
        record = of(2).one(RECORD, f"{pod}-record").inputs
        assert record["rrdatas"] == [address]


def test_the_name_is_the_pod_s_in_the_stack_s_domain() -> None:
    assert of(1).one(RECORD).inputs == {
        "project": "a-project",
        "managedZone": "nodes",
        "name": "p2p-node-0.test.nodes.example.org.",
        "type": "A",
        "ttl": 300,
        "rrdatas": of(1).one(RECORD).inputs["rrdatas"],
    }


def test_the_zone_may_be_another_project_s() -> None:
    record = built(dns={**DNS, "project": "dns-team", "ttl_seconds": 60}).one(RECORD, "p2p-node-0-record").inputs
    assert (record["project"], record["ttl"]) == ("dns-team", 60)


def test_a_load_balancer_goes_before_its_address_and_the_pods_come_before_it() -> None:
    (nodes,) = of(1).of_type("kubernetes:apps/v1:StatefulSet")
    needed = set(of(1).one(SERVICE, "p2p-node-0").dependencies)
    assert needed == {of(1).one(ADDRESS).urn, nodes.urn}
    assert set(of(1).one(RECORD).dependencies) == {of(1).one(ADDRESS).urn}


def test_what_a_node_needs_does_not_grow_with_their_number() -> None:
    few, many = of(2), of(5)
    for kind in (ADDRESS, RECORD, SERVICE):
        for one in few.of_type(kind):
            assert many.one(kind, one.name) == one
    grown = len(many.resources) - len(few.resources)
    assert grown == 3 * 3, "an address, a record and a Service a node"


def test_nodes_that_only_dial_out_have_nothing_that_leads_to_them() -> None:
    asked = {ZONE: "nobody may ask"}
    closed = built(exposure="none", dns={}, answers=asked)
    assert closed.of_type(ADDRESS) == closed.of_type(RECORD) == []
    assert [one.name for one in closed.of_type(SERVICE)] == ["p2p-node-headless"]
    assert closed.outputs["addresses"] == {}


def test_the_firewall_of_nodes_that_only_dial_out_is_closed() -> None:
    rules = of_settings({"node": {"exposure": "none"}}).of_type("gcp:compute/firewall:Firewall")
    assert [one.name for one in rules] == ["firewall-rest"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            "googleapi: Error 404: The 'parameters.managedZone' resource named 'nodes' does not exist., notFound",
            r'node\.dns\.zone: Google Cloud does not tell of a zone "nodes" in the project "a-project": .*Error 404',
        ),
        ({"dnsName": "nodes.example.org.", "visibility": "private"}, r'node\.dns\.zone: "nodes" in .* is private'),
        (
            {"dnsName": "example.com.", "visibility": "public"},
            r'node\.dns\.domain: "test\.nodes\.example\.org" is not in the zone "nodes" .*, which is example\.com\.',
        ),
    ],
)
def test_a_zone_that_cannot_be_used_is_refused_with_the_settings_to_change(answer: Any, says: str) -> None:
    with pytest.raises(pulumi.RunError, match=says) as refused:
        built({ZONE: answer})
    assert "or set node.exposure to none" in str(refused.value)


@pytest.mark.parametrize(
    ("zone", "domain", "inside"),
    [
        ("example.org.", "example.org", True),
        ("example.org.", "dev.nodes.example.org", True),
        ("dev.example.org.", "example.org", False),
        ("example.org.", "badexample.org", False),
        (".", "example.org", True),
    ],
)
def test_a_zone_holds_what_is_at_its_name_and_below(zone: str, domain: str, *, inside: bool) -> None:
    assert holds(zone, domain) is inside
