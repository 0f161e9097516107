from __future__ import annotations

from ipaddress import IPv4Network

from components.network import Network, NetworkArgs
from settings import NetworkSettings
from tests.program_mocks import World, run


def world(settings: NetworkSettings | None = None) -> World:
    args = NetworkArgs(name="p2p", region="europe-west1", settings=settings or NetworkSettings())
    return run(lambda: Network("network", args))


def test_the_network_has_only_the_subnets_it_was_given() -> None:
    assert world().one("gcp:compute/network:Network").inputs["autoCreateSubnetworks"] is False


def test_pods_and_services_have_ranges_of_their_own() -> None:
    subnet = world(NetworkSettings(pods_range=IPv4Network("10.128.0.0/14"))).one("gcp:compute/subnetwork:Subnetwork")
    assert subnet.inputs["ipCidrRange"] == "10.10.0.0/20"
    assert subnet.inputs["privateIpGoogleAccess"] is True
    assert subnet.inputs["secondaryIpRanges"] == [
        {"rangeName": "pods", "ipCidrRange": "10.128.0.0/14"},
        {"rangeName": "services", "ipCidrRange": "10.40.0.0/20"},
    ]


def test_ports_of_the_nat_grow_with_demand() -> None:
    nat = world(NetworkSettings(nat_min_ports_per_machine=64, nat_max_ports_per_machine=4096))
    inputs = nat.one("gcp:compute/routerNat:RouterNat").inputs
    assert inputs["enableDynamicPortAllocation"] is True
    # Google refuses both at once.
    assert inputs["enableEndpointIndependentMapping"] is False
    assert (inputs["minPortsPerVm"], inputs["maxPortsPerVm"]) == (64, 4096)
    assert inputs["sourceSubnetworkIpRangesToNat"] == "ALL_SUBNETWORKS_ALL_IP_RANGES"
