"""How much of the world address ranges are, as properties: how a list is written never matters."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

import pytest
from guardrails.addresses import is_world, parse, public_addresses
from hypothesis import given
from hypothesis import strategies as st

_fours = st.builds(
    lambda value, length: IPv4Network((value, length), strict=False), st.integers(0, 2**32 - 1), st.integers(0, 32)
)
_sixes = st.builds(
    lambda value, length: IPv6Network((value, length), strict=False), st.integers(0, 2**128 - 1), st.integers(0, 128)
)
_lists = st.lists(_fours | _sixes, max_size=6)


@given(_fours | _sixes)
def test_every_range_is_read_back(one: IPv4Network | IPv6Network) -> None:
    assert parse(str(one)) == one
    assert parse(one.exploded) == one


@given(_fours)
def test_a_mask_is_read_as_the_length_that_it_stands_for(one: IPv4Network) -> None:
    assert parse(one.with_netmask) == one


@given(_fours | _sixes, st.data())
def test_host_bits_do_not_matter(one: IPv4Network | IPv6Network, data: st.DataObject) -> None:
    host = data.draw(st.integers(0, one.num_addresses - 1))
    assert parse(f"{one.network_address + host}/{one.prefixlen}") == one


@given(st.text() | st.text("0123456789abcdef.:/"))
def test_any_text_is_read_or_refused(text: str) -> None:
    parsed = parse(text)
    assert parsed is None or parse(str(parsed)) == parsed


@given(_lists, st.data())
def test_neither_order_nor_pieces_nor_repetition_matter(
    ranges: list[IPv4Network | IPv6Network], data: st.DataObject
) -> None:
    written: list[IPv4Network | IPv6Network] = []
    for one in ranges:
        steps = data.draw(st.integers(0, min(4, one.max_prefixlen - one.prefixlen)))
        written += [*one.subnets(prefixlen_diff=steps), *data.draw(st.sampled_from([[], [one]]))]
    assert is_world(data.draw(st.permutations(written))) == is_world(ranges)


@given(_lists, _lists)
def test_more_ranges_never_open_less(ranges: list[IPv4Network | IPv6Network], more: list[IPv4Network]) -> None:
    assert is_world([*ranges, *more]) >= (is_world(ranges) or is_world(more))


@given(_fours)
def test_a_range_and_what_it_leaves_out_make_the_world(one: IPv4Network) -> None:
    everything = IPv4Network("0.0.0.0/0")
    rest = list(everything.address_exclude(one))
    assert is_world([one, *rest])
    assert public_addresses([one]) + public_addresses(rest) == public_addresses([everything])


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_address_of_a_private_kind_is_not_public(address: IPv4Address) -> None:
    kinds = (address.is_multicast, address.is_reserved, address.is_loopback, address.is_link_local)
    if any(kinds) or address in IPv4Network("10.0.0.0/8"):
        assert public_addresses([IPv4Network(address)]) == 0
    if address.is_global and not address.is_multicast:
        assert public_addresses([IPv4Network(address)]) == 1


@pytest.mark.parametrize(
    "ranges",
    [
        ["0.0.0.0/0"], ["::/0"], ["0.0.0.0/1", "128.0.0.0/1"], ["64.0.0.0/2"], ["1.0.0.0/8"], ["10.0.0.0/7"],
        ["1.0.0.0/9", "3.0.0.0/9"], ["2000::/3"], ["2a00::/12"], ["2600::/17", "2601::/17"],
    ],
)  # fmt: skip
def test_the_world(ranges: list[str]) -> None:
    assert is_world([ip_network(one) for one in ranges])


@pytest.mark.parametrize(
    "ranges",
    [
        [], ["0.0.0.0/8"], ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"], ["100.64.0.0/10"], ["224.0.0.0/3"],
        ["1.0.0.0/9"], ["1.0.0.0/9", "1.64.0.0/10", "1.0.0.0/9"], ["2600:1900::/28"], ["2600::/17", "2600::/18"],
        ["fc00::/7"], ["4000::/2"],
    ],
)  # fmt: skip
def test_not_the_world(ranges: list[str]) -> None:
    assert not is_world([ip_network(one) for one in ranges])


@pytest.mark.parametrize(
    "text", ["", "everywhere", "0/0", "0.0.0.0/33", "256.0.0.0/8", "010.0.0.0/8", " 0.0.0.0/0", "::/129"]
)
def test_no_range(text: str) -> None:
    assert parse(text) is None
