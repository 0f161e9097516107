"""How much of the world a list of address ranges is.

Grammar: the CIDR notation of RFC 4632, section 3.1, and RFC 4291, section 2.3, as Python's `ipaddress` reads it, with
host bits set or not. What is not public: RFC 1918 (private), RFC 6598 (carriers), and this host, loopback, link-local,
multicast and reserved by the IANA IPv4 Special-Purpose Address Registry; in IPv6 whatever is outside 2000::/3, the only
block that IANA gives out as global unicast.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Final, TypeAlias

Range: TypeAlias = IPv4Network | IPv6Network

_NOT_PUBLIC: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "224.0.0.0/3",
    )
)  # fmt: skip
_PUBLIC: Final = IPv6Network("2000::/3")

_WORLD_IPV4: Final = IPv4Network("0.0.0.0/8").num_addresses
_WORLD_IPV6: Final = IPv6Network("::/16").num_addresses


def parse(text: str) -> Range | None:
    """The range, or the single address, that the text names; None where it names none."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def public_addresses(ranges: Iterable[IPv4Network]) -> int:
    """How many public IPv4 addresses lie in the ranges, each counted once."""
    return sum(
        one.num_addresses - sum(_common(one, other) for other in _NOT_PUBLIC) for one in collapse_addresses(ranges)
    )


def is_world(ranges: Iterable[Range]) -> bool:
    """Whether the ranges together are open to strangers.

    That is a /8 of public IPv4 addresses or a /16 of public IPv6 addresses, in one piece or in many: no list of one's
    own offices, partners or of a provider's probes is as long, and 0.0.0.0/1 beside 128.0.0.0/1 is no shorter.
    """
    ranges = list(ranges)
    four = public_addresses(one for one in ranges if isinstance(one, IPv4Network))
    six = collapse_addresses(one for one in ranges if isinstance(one, IPv6Network))
    return four >= _WORLD_IPV4 or sum(_common(one, _PUBLIC) for one in six) >= _WORLD_IPV6


def _common(one: Range, other: Range) -> int:
    # Of two ranges that overlap, one always holds the other.
    return min(one.num_addresses, other.num_addresses) if one.overlaps(other) else 0
