"""The list of special addresses against what Python's own copy of the registries knows."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.special_ranges import SPECIAL_IPV4, SPECIAL_IPV6
from settings.addresses import NOT_PUBLIC

V4 = [IPv4Network(one) for one in SPECIAL_IPV4]
V6 = [IPv6Network(one) for one in SPECIAL_IPV6]
MAPPED, FIRST, INTERNET = IPv6Network("::ffff:0:0/96"), IPv6Network("::/8"), IPv6Network("2000::/3")


@given(st.ip_addresses(v=4))
def test_what_is_nobody_s_by_ipv4_is_listed(address: IPv4Address) -> None:
    assert address.is_global or any(address in one for one in V4)


@given(st.one_of(st.ip_addresses(v=6), st.sampled_from(V6).map(lambda one: one[1])))
def test_what_is_nobody_s_by_ipv6_is_listed(address: IPv6Address) -> None:
    listed = any(address in one for one in V6)
    assert listed or (address in MAPPED) or (address in INTERNET and address.is_global) or address in FIRST
    assert listed or address not in IPv6Network("::/96")


def test_nothing_covers_the_mapped_addresses_which_are_all_of_ipv4_to_squid() -> None:
    assert not [one for one in V6 if one.overlaps(MAPPED)]


@pytest.mark.parametrize(
    "address", ["5.5.5.10", "8.8.8.8", "199.36.153.8", "192.31.196.1", "198.20.0.1", "223.255.255.1"]
)
def test_what_is_somebody_s_is_not(address: str) -> None:
    assert not any(IPv4Address(address) in one for one in V4)


@pytest.mark.parametrize("address", ["2600:5::10", "2001:200::1", "2a00:1450::1", "2620:4f::1", "3ffe::1"])
def test_nor_by_ipv6(address: str) -> None:
    assert not any(IPv6Address(address) in one for one in V6)


@pytest.mark.parametrize("range_", NOT_PUBLIC, ids=str)
def test_no_range_of_a_cluster_is_reached_through_the_proxy(range_: IPv4Network) -> None:
    assert any(range_.subnet_of(IPv4Network(special)) for special in SPECIAL_IPV4)
