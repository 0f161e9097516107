"""Addresses that are nobody's on the internet, or stand for another address: nothing of ours is sent there.

From IANA's registries of special-purpose addresses, both as of 2026-11-24, and of address space:
https://www.iana.org/assignments/iana-ipv4-special-registry
https://www.iana.org/assignments/iana-ipv6-special-registry
https://www.iana.org/assignments/ipv6-address-space
"""

from __future__ import annotations

SPECIAL_IPV4 = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by carriers",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local, with the metadata server and the DNS cache of each machine",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "protocol assignments",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "relays of 6to4, deprecated",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "benchmarks",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/3": "multicast, reserved, broadcast",
}

# Not ::/8 nor ::ffff:0:0/96, which would cover the mapped addresses: squid keeps IPv4 addresses as such, and either
# would refuse all of IPv4. What a mapped address stands for is judged by the list above.
SPECIAL_IPV6 = {
    "::/96": "unspecified, loopback, and IPv4 as it was once embedded",
    "::ffff:0:0:0/96": "IPv4, translated",
    "64:ff9b::/96": "IPv4 behind a NAT64",
    "64:ff9b:1::/48": "IPv4 behind a local NAT64",
    "100::/8": "discarded, dummy, unassigned",
    "200::/7": "unassigned",
    "400::/6": "unassigned",
    "800::/5": "unassigned",
    "1000::/4": "unassigned",
    "2001::/23": "protocol assignments, with Teredo, which embeds IPv4",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4, which embeds IPv4",
    "3fff::/20": "documentation",
    "4000::/2": "unassigned, with identifiers of segment routing",
    "8000::/1": "unassigned, unique local, link-local, site-local, multicast",
}
"""What is special in ::/8 and in 2000::/3, all that is in use on the internet, and everything outside of the two."""
