from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

import settings
from tests.settings.configurations import assert_only_mistake, load, merged, mistakes

SHARED = {"host_project": "host-project", "network": "shared", "subnetwork": "nodes"}


@pytest.mark.parametrize(
    ("network", "key", "got"),
    [
        ({"pods_range": "10.10.0.0/16"}, "pods_range", '"10.10.0.0/16", which overlaps nodes_range "10.10.0.0/20"'),
        ({"services_range": "10.64.0.0/20"}, "services_range", "overlaps pods_range"),
        ({"services_range": "10.10.8.0/21"}, "services_range", "overlaps nodes_range"),
    ],
)
def test_ranges_that_overlap(network: dict[str, str], key: str, got: str) -> None:
    assert_only_mistake(
        {"network": network}, key=f"network.{key}", got=got, allowed="no address in common", advice="move"
    )


@pytest.mark.parametrize("name", ["nodes_range", "pods_range", "services_range"])
@pytest.mark.parametrize(
    ("found", "taken"),
    [("127.0.0.0/16", "127.0.0.0/8"), ("169.254.0.0/16", "169.254.0.0/16"), ("199.36.128.0/17", "199.36.153.4/30")],
)
def test_ranges_that_no_subnet_may_have(name: str, found: str, taken: str) -> None:
    assert_only_mistake(
        {"network": {name: found}},
        key=f"network.{name}",
        got=f'"{found}", which overlaps "{taken}"',
        allowed="a range that Google Cloud lets a subnet have",
        advice="10.0.0.0/8",
    )


@pytest.mark.parametrize("name", ["nodes_range", "pods_range", "services_range"])
def test_public_ranges_are_refused(name: str) -> None:
    assert_only_mistake(
        {"network": {name: "25.64.0.0/14"}},
        key=f"network.{name}",
        got='"25.64.0.0/14", which is public',
        allowed="a private range",
        advice="10.0.0.0/8",
    )


# With 41 nodes: 3 machines of the system pool and 1 while it is upgraded, 2 proxies, 41 nodes and 1 that moves: 48.
# A subnet keeps 4 addresses, so /26 it is; 48 times 256 is /18; 41 Services and 30 others are 71: /25.
LARGE: dict[str, Any] = {
    "node": {"replicas": 41},
    "cluster": {"auto_provisioning": {"max_cpu_cores": 1000, "max_memory_gb": 4000}},
}


@pytest.mark.parametrize(
    ("name", "fits", "too_small", "got"),
    [
        ("nodes_range", "10.10.0.0/26", "10.10.0.0/27", "32 addresses; 48 machines need 52"),
        ("pods_range", "10.64.0.0/18", "10.64.0.0/19", "8192 addresses; 48 machines with 256 each need 12288"),
        ("services_range", "10.40.0.0/25", "10.40.0.0/26", "64 addresses; a Service for each of 41 nodes need 71"),
    ],
)
def test_ranges_that_are_too_small_for_the_replicas(name: str, fits: str, too_small: str, got: str) -> None:
    load({**LARGE, "network": {name: fits}})
    assert_only_mistake(
        {**LARGE, "network": {name: too_small}},
        key=f"network.{name}",
        got=got,
        allowed=f"/{fits[-2:]} or wider",
        advice="widen it, or ask for less (node.replicas)",
    )


@hypothesis.settings(deadline=None)
@given(
    replicas=st.integers(1, 1000),
    proxies=st.integers(2, 20),
    pool=st.integers(1, 10),
    prefixes=st.tuples(st.integers(20, 29), st.integers(12, 24), st.integers(20, 29)),
)
def test_what_does_not_fit_is_never_accepted_and_what_fits_always_is(
    replicas: int, proxies: int, pool: int, prefixes: tuple[int, int, int]
) -> None:
    """By counting: every machine takes an address and a block of 256 out of its range, every node a Service."""
    nodes, pods, services = prefixes
    machines = 3 * pool + 1 + proxies + replicas + 1
    too_small = {
        "network.nodes_range": 2 ** (32 - nodes) - 4 < machines,
        "network.pods_range": 2 ** (24 - pods) < machines,
        "network.services_range": 2 ** (32 - services) - 30 < replicas,
    }
    config = {
        "node": {"replicas": replicas},
        "egress": {"replicas": proxies},
        "cluster": {
            "system_pool": {"machines_per_zone": pool},
            "auto_provisioning": {"max_cpu_cores": 100_000, "max_memory_gb": 1_000_000},
        },
        "network": {
            "nodes_range": f"10.10.0.0/{nodes}",
            "pods_range": f"10.64.0.0/{pods}",
            "services_range": f"10.40.0.0/{services}",
        },
    }
    expected = sorted(key for key, wrong in too_small.items() if wrong)
    if expected:
        assert sorted(mistakes(config)) == expected
    else:
        load(config)


@st.composite
def ranges(draw: st.DrawFn) -> IPv4Network:
    prefix = draw(st.integers(12, 20))
    return IPv4Network((int(IPv4Network("10.0.0.0/8")[0]) + (draw(st.integers(0, 2**24 - 1)) >> 8 << 8), prefix), False)


@hypothesis.settings(deadline=None)
@given(st.lists(ranges(), min_size=3, max_size=3))
def test_ranges_are_accepted_exactly_if_no_two_share_an_address(found: list[IPv4Network]) -> None:
    names = ("nodes_range", "pods_range", "services_range")
    config = {"network": {name: str(one) for name, one in zip(names, found, strict=True)}}
    apart = all(one[-1] < other[0] or other[-1] < one[0] for one, other in combinations(found, 2))
    try:
        load(config)
    except settings.SettingsError:
        assert not apart
    else:
        assert apart


def test_nat_ports_that_cannot_grow() -> None:
    assert_only_mistake(
        {"network": {"nat_min_ports_per_machine": 1024, "nat_max_ports_per_machine": 1024}},
        key="network.nat_max_ports_per_machine",
        got="1024, with nat_min_ports_per_machine 1024",
        allowed="more than nat_min_ports_per_machine",
        advice="raise the maximum",
    )


@pytest.mark.parametrize("left_out", sorted(SHARED))
def test_a_shared_vpc_that_is_only_half_named(left_out: str) -> None:
    half = {name: value for name, value in SHARED.items() if name != left_out}
    load({"network": {"shared_vpc": SHARED}})
    assert_only_mistake(
        {"network": {"shared_vpc": half}},
        key=f"network.shared_vpc.{left_out}",
        got=f"nothing, with {', '.join(half)}, pods_range_name, services_range_name given",
        allowed="or none of them",
        advice="name it, or remove the others",
    )


def test_a_shared_vpc_of_the_stack_s_own_project() -> None:
    assert_only_mistake(
        {"project": "host-project", "network": {"shared_vpc": SHARED}},
        key="network.shared_vpc.host_project",
        got='"host-project", the stack\'s own project',
        allowed="another project, or nothing",
        advice="remove shared_vpc",
    )


@pytest.mark.parametrize("name", ["pods_range_name", "services_range_name"])
def test_a_shared_vpc_without_the_name_of_a_range(name: str) -> None:
    assert_only_mistake(
        {"network": {"shared_vpc": {**SHARED, name: ""}}},
        key=f"network.shared_vpc.{name}",
        got="nothing, with host_project, network, subnetwork",
        allowed="the names of its ranges",
        advice="name it",
    )


def test_a_shared_vpc_of_which_only_the_network_is_named() -> None:
    assert sorted(mistakes({"network": {"shared_vpc": {"network": "shared"}}})) == [
        "network.shared_vpc.host_project",
        "network.shared_vpc.subnetwork",
    ]


@pytest.mark.parametrize(
    ("zones", "key", "got", "allowed"),
    [
        ("bc", "", "europe-west1-b, europe-west1-c", "3 different zones"),
        ("bcdd", "", "europe-west1-b, europe-west1-c, europe-west1-d, europe-west1-d", "3 different zones"),
        ("bbc", "", "europe-west1-b, europe-west1-b", "3 different zones"),
        ("bca", "[2]", '"europe-west1-a", which does not exist', "europe-west1-b, europe-west1-c, europe-west1-d"),
    ],
)
def test_zones_that_are_not_three_of_the_region(zones: str, key: str, got: str, allowed: str) -> None:
    assert_only_mistake(
        {"cluster": {"zones": [f"europe-west1-{letter}" for letter in zones]}},
        key=f"cluster.zones{key}",
        got=got,
        allowed=allowed,
        advice="name",
    )


def test_a_zone_of_another_region() -> None:
    assert_only_mistake(
        {"cluster": {"zones": ["europe-west1-b", "europe-west4-a", "europe-west1-c"]}},
        key="cluster.zones[1]",
        got='"europe-west4-a", which is not in europe-west1',
        allowed="a zone of europe-west1",
        advice="change region",
    )


def test_a_region_without_three_zones_that_are_known() -> None:
    assert_only_mistake(
        {"region": "europe-west99"},
        key="region",
        got='"europe-west99", of which no 3 zones are known here',
        allowed="a Google Cloud region with three zones",
        advice="name three of its zones in cluster.zones",
    )


def test_a_new_region_can_be_used_by_naming_its_zones() -> None:
    zones = [f"europe-west99-{letter}" for letter in "abc"]
    given = {"region": "europe-west99", "cluster": {"zones": zones}}
    assert load(given).zones == tuple(zones)
    two = merged(given, {"cluster": {"zones": zones[:2]}})
    assert list(mistakes(two)) == ["cluster.zones"]


def test_zones_by_name_and_by_default() -> None:
    assert load({}).zones == ("europe-west1-b", "europe-west1-c", "europe-west1-d")
    chosen = ["us-central1-a", "us-central1-c", "us-central1-f"]
    assert load({"region": "us-central1", "cluster": {"zones": chosen}}).zones == tuple(chosen)
