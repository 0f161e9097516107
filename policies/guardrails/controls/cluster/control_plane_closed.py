"""The Kubernetes API is not open to the world.

Decided:
- The address is closed where IP endpoints are off (`ipEndpointsConfig.enabled`, on by default), where only the private
  one is on (`enablePrivateEndpoint`, off by default), or where authorized networks say who may come. By default there
  are none and everybody may; a block without ranges admits nobody from outside.
- A range is the world from a prefix shorter than the parameter says: IPv4 /8, the largest block that one organisation
  was ever given, and IPv6 /13, since a whole registry gets a /12. So 0.0.0.0/0 and its two halves are refused alike.
- `gcpPublicCidrsAccessEnabled` admits every virtual machine of every customer of Google Cloud. GKE turns it on by
  itself where the public address is on, so it must be false, in so many words.
- External traffic to the DNS endpoint passes: Google asks IAM before it lets anything through. Tokens and certificates
  of Kubernetes do not pass by that door, so they must not be accepted from outside; both are off by default.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import chain
from typing import Final

from pydantic import Field as Setting

from guardrails.clusters import CLUSTER
from guardrails.conditions import must_be, negated, unless
from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource
from guardrails.scalars import boolean, text

_NETWORKS: Final = "masterAuthorizedNetworksConfig"
_UNIQUE_LOCAL: Final = IPv6Network("fc00::/7")
_CREDENTIALS: Final = {"enableK8sTokensViaDns": "service-account tokens", "enableK8sCertsViaDns": "client certificates"}


class Prefixes(Parameters):
    """How large an authorized network may be."""

    shortest_ipv4_prefix: int = Setting(
        default=8, description="Shortest prefix of an IPv4 range that may be authorized, in bits."
    )
    shortest_ipv6_prefix: int = Setting(
        default=13, description="Shortest prefix of an IPv6 range that may be authorized, in bits."
    )


def judge(resource: Resource, parameters: Prefixes) -> Iterator[Outcome]:
    """One finding for each way in that is open to everybody."""
    if resource.type != CLUSTER:
        return
    root = Field.root(resource)
    endpoints = root.object_at("controlPlaneEndpointsConfig")
    if isinstance(endpoints, Unjudged):
        yield endpoints
        return
    no_address = negated(boolean(endpoints.at("ipEndpointsConfig", "enabled"), absent=True))
    private = boolean(root.at("privateClusterConfig", "enablePrivateEndpoint"), absent=False)
    yield from unless(no_address, unless(private, _public_address(root.object_at(_NETWORKS), parameters)))
    yield from _dns(endpoints.object_at("dnsEndpointConfig"))


def _public_address(networks: Field | Unjudged, parameters: Prefixes) -> Iterator[Outcome]:
    if isinstance(networks, Unjudged):
        yield networks
    elif networks.value is None:
        yield Finding(
            path=_NETWORKS,
            found="nothing, while the public address is on: everybody may connect",
            allowed="a DNS endpoint alone, a private address, or authorized networks",
            fix="set controlPlaneEndpointsConfig.ipEndpointsConfig.enabled to false and use the DNS endpoint",
        )
    else:
        blocks = networks.at("cidrBlocks")
        yield from (
            [blocks]
            if isinstance(blocks, Unjudged)
            else chain.from_iterable(_block(block, parameters) for block in blocks.elements())
        )
        yield from _google_cloud(networks.at("gcpPublicCidrsAccessEnabled"))


def _block(block: Field | Unjudged, parameters: Prefixes) -> Iterator[Outcome]:
    field = block if isinstance(block, Unjudged) else block.at("cidrBlock")
    cidr = text(field, absent="")
    if isinstance(cidr, Unjudged):
        yield cidr
        return
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        yield Unjudged(path=field.path, reason="is no range of IP addresses")
        return
    shortest = parameters.shortest_ipv4_prefix if network.version == 4 else parameters.shortest_ipv6_prefix
    if network.prefixlen < shortest and not _is_unique_local(network):
        yield Finding(
            path=field.path,
            found=f"{quoted(cidr)}, a large part of the internet",
            allowed=f"ranges with a prefix of at least /{shortest}",
            fix="name the ranges that the team connects from, or use the DNS endpoint, where IAM decides",
        )


def _is_unique_local(network: IPv4Network | IPv6Network) -> bool:
    return isinstance(network, IPv6Network) and network.subnet_of(_UNIQUE_LOCAL)


def _google_cloud(field: Field | Unjudged) -> Iterator[Outcome]:
    anybody = "every machine of every customer of Google Cloud may connect"
    yield from must_be(False, field, absent=True, otherwise=anybody)


def _dns(endpoint: Field | Unjudged) -> Iterator[Outcome]:
    if isinstance(endpoint, Unjudged):
        yield endpoint
        return
    inside_only = negated(boolean(endpoint.at("allowExternalTraffic"), absent=False))
    yield from unless(
        inside_only, chain.from_iterable(_credential(endpoint.at(key), what) for key, what in _CREDENTIALS.items())
    )


def _credential(field: Field | Unjudged, what: str) -> Iterator[Outcome]:
    yield from must_be(
        False,
        field,
        absent=False,
        otherwise=f"Kubernetes {what} are accepted from any network, without IAM",
        allowed="false, or no external traffic to the DNS endpoint",
        fix="set it to false; callers from outside use Google identities",
    )


CONTROL: Final = Control(
    id="control-plane-closed",
    title="The control plane is not open to the world",
    reason=(
        "Authorized networks are an IP-based firewall of the control plane: they let only a specific set of trusted "
        "addresses reach it. Without them anybody can try stolen credentials, and the next flaw of the API server."
    ),
    source=Source(
        title="Google, Customize your network isolation in GKE",
        url="https://cloud.google.com/kubernetes-engine/docs/how-to/latest/network-isolation",
    ),
    severity=Severity.CRITICAL,
    levels=EVERYWHERE,
    parameters=Prefixes(),
    remediation=(
        "Turn IP endpoints off and use the DNS endpoint, where IAM decides; or set enablePrivateEndpoint; or name the "
        "ranges that may connect in masterAuthorizedNetworksConfig and set gcpPublicCidrsAccessEnabled to false. Keep "
        "enableK8sTokensViaDns and enableK8sCertsViaDns off."
    ),
    judge=judge,
)
