from __future__ import annotations

import pytest

from tests.program_mocks import World, of_settings

SUBNET = "gcp:compute/subnetwork:Subnetwork"


def world(network: dict[str, object] | None = None) -> World:
    return of_settings({"network": network or {}})


def test_the_network_has_only_the_subnets_it_was_given() -> None:
    assert world().one("gcp:compute/network:Network").inputs["autoCreateSubnetworks"] is False


def test_pods_and_services_have_ranges_of_their_own() -> None:
    subnet = world({"pods_range": "10.128.0.0/14"}).one(SUBNET)
    assert subnet.inputs["ipCidrRange"] == "10.10.0.0/20"
    assert subnet.inputs["privateIpGoogleAccess"] is True
    assert subnet.inputs["secondaryIpRanges"] == [
        {"rangeName": "pods", "ipCidrRange": "10.128.0.0/14"},
        {"rangeName": "services", "ipCidrRange": "10.40.0.0/20"},
    ]


def test_ports_of_the_nat_grow_with_demand() -> None:
    nat = world({"nat_min_ports_per_machine": 64, "nat_max_ports_per_machine": 4096})
    inputs = nat.one("gcp:compute/routerNat:RouterNat").inputs
    assert inputs["enableDynamicPortAllocation"] is True
    # Google refuses both at once.
    assert inputs["enableEndpointIndependentMapping"] is False
    assert (inputs["minPortsPerVm"], inputs["maxPortsPerVm"]) == (64, 4096)
    assert inputs["sourceSubnetworkIpRangesToNat"] == "ALL_SUBNETWORKS_ALL_IP_RANGES"
    assert inputs["logConfig"] == {"enable": True, "filter": "ERRORS_ONLY"}


@pytest.mark.parametrize(("percent", "sampling"), [(1, 0.01), (50, 0.5), (100, 1)])
def test_flows_are_logged_by_sampling(percent: int, sampling: float) -> None:
    assert world({"flow_log_percent": percent}).one(SUBNET).inputs["logConfig"]["flowSampling"] == sampling


def test_flow_logs_can_be_off() -> None:
    assert "logConfig" not in world({"flow_log_percent": 0}).one(SUBNET).inputs


@pytest.mark.parametrize("protect", [True, False])
def test_what_a_new_cluster_would_need_is_protected(protect: bool) -> None:
    built = of_settings({} if protect else {"environment": "staging", "protect": False})
    assert [built.one(kind).protected for kind in ("gcp:compute/network:Network", SUBNET)] == [protect, protect]


def test_a_shared_vpc_is_used_as_it_is() -> None:
    shared = {
        "host_project": "the-host",
        "network": "backbone",
        "subnetwork": "nodes",
        "pods_range_name": "gke-pods",
        "services_range_name": "gke-services",
    }
    built = world({"shared_vpc": shared})
    found = [one for one in built.resources if one.type.startswith(("gcp:compute/", "gcp:dns/"))]
    assert [one.key for one in found if not one.parent.endswith("::p2p-node")] == []
    cluster = built.one("gcp:container/cluster:Cluster").inputs
    # Nobody else would open the port of a Service there.
    assert cluster["disableL4LbFirewallReconciliation"] is False
    assert cluster["network"] == "projects/the-host/global/networks/backbone"
    assert cluster["subnetwork"] == "projects/the-host/regions/europe-west1/subnetworks/nodes"
    assert cluster["ipAllocationPolicy"] == {
        "clusterSecondaryRangeName": "gke-pods",
        "servicesSecondaryRangeName": "gke-services",
    }
