"""Settings of who reaches a node and whom it reaches: its name, and what NetworkPolicies let through."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from settings.fields import PROJECT, Allowed, Changes, ResourceName, Section, Unit

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"

Namespace = Annotated[
    str,
    Field(pattern=rf"^{LABEL}$"),
    Allowed("the name of a namespace: 1 to 63 lower-case letters, digits and hyphens"),
]
Ports = Annotated[
    str,
    Field(pattern=r"^[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?$"),
    Allowed('a port or a range with both ends, in quotes: "30333" or "1024-65535"'),
]


class DnsSettings(Section):
    """The names of the nodes, each of which has a record in a zone of Cloud DNS that is there already."""

    zone: Annotated[ResourceName, Changes("replaces the DNS records")] = Field(
        default="", description="Name of the public managed zone in Cloud DNS that the records are made in."
    )
    domain: Annotated[
        str,
        Field(pattern=rf"^({LABEL}(\.{LABEL})+)?$"),
        Allowed("empty, or a lower-case domain name without a dot at either end, such as dev.nodes.example.org"),
        Changes("replaces the DNS records, rolls the nodes"),
    ] = Field(
        default="",
        description="Domain of this stack alone, in that zone; a node is `p2p-node-0.` and this. "
        "Names that must outlive a region are not a stack's.",
    )
    project: Annotated[
        str,
        Field(pattern=rf"^({PROJECT})?$"),
        Allowed("empty, or the id of the Google Cloud project that owns the zone"),
        Changes("replaces the DNS records"),
    ] = Field(default="", description="Project that owns the zone; empty for the stack's own.")
    ttl_seconds: Annotated[int, Field(ge=30, le=86_400), Unit("seconds"), Changes("in place")] = Field(
        default=300, description="How long resolvers keep a node's address."
    )


class AccessSettings(Section):
    """What the NetworkPolicies of the nodes let through, beside peers to the p2p port, DNS and the egress proxy."""

    peer_ports: Annotated[tuple[Ports, ...], Changes("in place")] = Field(
        default=("1-79", "81-442", "444-65535"),
        description="TCP ports of public peers. Peers listen on any; 80 and 443 are left to the egress proxy.",
    )
    rpc_namespaces: Annotated[tuple[Namespace, ...], Changes("in place")] = Field(
        default=(), description="Namespaces whose pods reach RPC; `kubectl port-forward` works without."
    )
    metrics_namespaces: Annotated[tuple[Namespace, ...], Changes("in place")] = Field(
        default=("gmp-system", "gke-gmp-system"), description="Namespaces whose pods read the metrics."
    )
