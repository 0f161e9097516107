"""Attacks by addresses: literal ones in every notation, and names that lead to special ones."""

from __future__ import annotations

from sandbox.egress.names import Names
from tests.egress.attacks.rows import (
    WEB,
    WEB6,
    Attack,
    connect,
    get,
    leads_to,
    malformed,
    refused,
    served,
    tunnelled,
)

_LITERALS = {
    "public": (WEB, "the allowed server by its address"),
    "loopback": ("127.0.0.1", "the proxy's own machine"),
    "short": ("127.1", "the same, short"),
    "decimal": ("2130706433", "the same, decimal"),
    "hex": ("0x7f000001", "the same, hexadecimal"),
    "octal": ("0177.0.0.1", "the same, octal"),
    "mixed-base": ("0x7f.1", "the same, mixed"),
    "metadata": ("169.254.169.254", "the metadata server"),
    "metadata-decimal": ("2852039166", "the same, decimal"),
    "metadata-hex": ("0xa9fea9fe", "the same, hexadecimal"),
    "metadata-octal": ("0251.0376.0251.0376", "the same, octal"),
    "dot": ("169.254.169.254.", "the same with the root's dot"),
    "pod": ("10.64.1.1", "a pod"),
    "loopback6": ("[::1]", "the proxy's own machine by IPv6"),
    "mapped": ("[::ffff:169.254.169.254]", "the metadata server, mapped into IPv6"),
    "mapped-hex": ("[::ffff:a9fe:a9fe]", "the same, hexadecimal"),
    "mapped-long": ("[0:0:0:0:0:ffff:a9fe:a9fe]", "the same in full"),
    "embedded": ("[::127.0.0.1]", "loopback as it was once embedded in IPv6"),
    "metadata6": ("[fd00:ec2::254]", "a metadata server of IPv6"),
    "nat64": ("[64:ff9b::a9fe:a9fe]", "the metadata server behind a NAT64"),
    "public6": (f"[{WEB6}]", "a public server by its IPv6 address"),
}
_NO_ADDRESS = ("0", "0.0.0.0", "[::]", "256.256.256.256", "999.1", "4294967296")  # noqa: S104

LITERALS = (
    *(
        Attack(id=f"literal-{id_}", tries=tries, sends=get(f"http://{host}/"), outcome=refused("literal"))
        for id_, (host, tries) in _LITERALS.items()
    ),
    *(
        Attack(id=f"literal-none-{host}", tries="what squid takes for no address", sends=get(f"http://{host}/"),
               outcome=refused("domain"))
        for host in _NO_ADDRESS
    ),
    Attack(id="literal-scope", tries="a link-local address with its interface", sends=get("http://[fe80::1%25eth0]/"),
           outcome=malformed()),
    Attack(id="literal-tunnel", tries="a tunnel to an address", sends=connect("169.254.169.254:443"),
           outcome=refused("literal")),
    Attack(id="literal-tunnel6", tries="a tunnel to an IPv6 address", sends=connect("[::1]:443"),
           outcome=refused("literal")),
    Attack(id="literal-tunnel-port", tries="a tunnel to port 80 of one",
           sends=connect("169.254.169.254:80"),
           outcome=refused("literal")),
    Attack(id="literal-tunnel-decimal", tries="a tunnel to a decimal address", sends=connect("2130706433:443"),
           outcome=refused("literal")),
    Attack(id="literal-pointer", tries="an address whose PTR record is an allowed name",
           sends=get("http://5.5.5.11/"), outcome=refused("literal"),
           names=lambda names: names.pointer("5.5.5.11", "www.google.com")),
    Attack(id="literal-wildcard-dns", tries="a public DNS that answers with the address in the name",
           sends=get("http://127.0.0.1.nip.io/"), outcome=refused("domain")),
)  # fmt: skip

_SPECIAL = {
    "this-network": "0.0.0.7", "private-10": "10.128.0.20", "carrier": "100.64.0.20", "loopback": "127.0.0.1",
    "metadata": "169.254.169.254", "dns-cache": "169.254.20.10", "private-172": "172.16.0.20",
    "protocol": "192.0.0.170", "documentation-1": "192.0.2.7", "relay-6to4": "192.88.99.1",
    "private-192": "192.168.0.20", "benchmark": "198.19.0.1", "documentation-2": "198.51.100.1",
    "documentation-3": "203.0.113.1", "multicast": "224.0.0.1", "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "unspecified6": "::", "loopback6": "::1", "embedded6": "::10.128.0.20", "mapped6": "::ffff:10.128.0.20",
    "translated6": "::ffff:0:10.128.0.20", "nat64": "64:ff9b::a9fe:a9fe", "nat64-local": "64:ff9b:1::a9fe:a9fe",
    "discard6": "100::1", "teredo": "2001:0:a9fe:a9fe::1", "documentation6": "2001:db8::1",
    "6to4": "2002:a9fe:a9fe::1", "documentation6-new": "3fff::1", "unassigned6": "4000::1", "routing6": "5f00::1",
    "local6": "fd00::20", "metadata6": "fd00:ec2::254", "link6": "fe80::1", "site6": "fec0::1", "multicast6": "ff02::1",
}  # fmt: skip


def _alias_inside(names: Names) -> None:
    names.answer("inside.test", ["10.128.0.20"])
    names.alias("alias.attacker.test", "inside.test")


SPECIAL = (
    *(
        Attack(id=f"special-{id_}", tries=f"an allowed name that leads to {address}",
               sends=get(f"http://{id_}.attacker.test/"), outcome=refused("address"),
               names=leads_to(f"{id_}.attacker.test", address))
        for id_, address in _SPECIAL.items()
    ),
    Attack(id="special-tunnel", tries="a tunnel to a name that leads inside", sends=connect("in.attacker.test:443"),
           outcome=refused("address"), names=leads_to("in.attacker.test", "10.128.0.20")),
    Attack(id="special-metadata-name", tries="the metadata server's name, though somebody allowed it",
           sends=get("http://metadata.google.internal/computeMetadata/v1/", "Metadata-Flavor: Google"),
           outcome=refused("address"), names=leads_to("metadata.google.internal", "169.254.169.254")),
    Attack(id="special-among", tries="a private address after a public one", sends=get("http://two.attacker.test/"),
           outcome=refused("address"), names=leads_to("two.attacker.test", WEB, "10.128.0.20")),
    Attack(id="special-first", tries="a private address before a public one", sends=get("http://too.attacker.test/"),
           outcome=refused("address"), names=leads_to("too.attacker.test", "10.128.0.20", WEB)),
    Attack(id="special-among-kinds", tries="a local IPv6 address beside a public IPv4 one",
           sends=connect("kinds.attacker.test:443"), outcome=refused("address"),
           names=leads_to("kinds.attacker.test", WEB, "fd00::20")),
    Attack(id="special-slow", tries="a private address in an IPv6 answer that comes late",
           sends=get("http://slow.attacker.test/"), outcome=refused("address"),
           names=leads_to("slow.attacker.test", WEB, "fd00::20", slow=1.0)),
    Attack(id="special-alias", tries="a CNAME to a name inside", sends=get("http://alias.attacker.test/"),
           outcome=refused("address"),
           names=_alias_inside),
    Attack(id="special-none", tries="a name without an address now, for one that comes later",
           sends=get("http://none.attacker.test/"), outcome=refused("unresolved", 503)),
    Attack(id="public6", tries="a public IPv6 address, which is allowed", sends=get("http://six.attacker.test/6"),
           outcome=served("six.attacker.test", "/6", at=f"{WEB6}:80"), names=leads_to("six.attacker.test", WEB6)),
    Attack(id="public6-tunnel", tries="a tunnel to one", sends=connect("six.attacker.test:443"),
           outcome=tunnelled(f"{WEB6}:443"), names=leads_to("six.attacker.test", WEB6)),
    Attack(id="redirect", tries="to be sent to the metadata server by an allowed one: squid does not follow",
           sends=get("http://www.google.com/redirect?to=http://169.254.169.254/computeMetadata/v1/"),
           outcome=served("www.google.com", "/redirect?to=http://169.254.169.254/computeMetadata/v1/", status=302)),
)  # fmt: skip
