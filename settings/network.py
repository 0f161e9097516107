"""Settings of the network that nodes, pods and services live in."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from settings.fields import PROJECT, Allowed, Changes, Range, ResourceName, Section, Unit


def _power_of_two(value: int) -> int:
    if value & (value - 1):
        raise ValueError("not a power of two")
    return value


NatPorts = Annotated[
    int,
    Field(ge=32, le=65536),
    AfterValidator(_power_of_two),
    Allowed("a power of two from 32 to 65536"),
    Unit("ports"),
    Changes("in place"),
]
CLUSTER = "replaces the cluster"


class SharedVpcSettings(Section):
    """A network of another project to use in place of an own one. Its team then runs NAT, firewall and DNS."""

    host_project: Annotated[
        str,
        Field(pattern=rf"^({PROJECT})?$"),
        Allowed("empty, or the id of the Google Cloud project that owns the network"),
        Changes(CLUSTER),
    ] = Field(default="", description="Project that owns the network; empty for an own network.")
    network: Annotated[ResourceName, Changes(CLUSTER)] = Field(default="", description="Name of its network.")
    subnetwork: Annotated[ResourceName, Changes(CLUSTER)] = Field(
        default="", description="Name of its subnet in the stack's region; its ranges are those given above."
    )
    pods_range_name: Annotated[ResourceName, Changes(CLUSTER)] = Field(
        default="pods", description="Name of the subnet's secondary range for pods."
    )
    services_range_name: Annotated[ResourceName, Changes(CLUSTER)] = Field(
        default="services", description="Name of the subnet's secondary range for services."
    )

    @property
    def used(self) -> bool:
        """Whether the stack lives in a network of another project."""
        return bool(self.host_project)


class NetworkSettings(Section):
    """Address ranges and the ways in and out."""

    nodes_range: Annotated[Range, Changes(CLUSTER)] = Field(
        default=IPv4Network("10.10.0.0/20"),
        description="Addresses of the machines; a wider one that holds it is in place.",
    )
    pods_range: Annotated[Range, Changes(CLUSTER)] = Field(
        default=IPv4Network("10.64.0.0/14"), description="Addresses of the pods, 256 for each machine."
    )
    services_range: Annotated[Range, Changes(CLUSTER)] = Field(
        default=IPv4Network("10.40.0.0/20"), description="Addresses of Kubernetes services."
    )
    nat_min_ports_per_machine: NatPorts = Field(
        default=256, description="Ports that Cloud NAT gives a machine to begin with."
    )
    nat_max_ports_per_machine: NatPorts = Field(
        default=16384,
        description="Ports that Cloud NAT lets a machine grow to; each peer address and port can reuse a port.",
    )
    flow_log_percent: Annotated[int, Field(ge=0, le=100), Unit("percent"), Changes("in place")] = Field(
        default=50, description="Share of the subnet's flows that VPC flow logs record; 0 turns them off."
    )
    google_apis: Annotated[Literal["private", "restricted", "public"], Changes("replaces the DNS records")] = Field(
        default="private",
        description="Addresses that Google's APIs have inside the network: Private Google Access, those that VPC "
        "Service Controls can guard, or the public ones.",
    )
    shared_vpc: SharedVpcSettings = Field(default_factory=SharedVpcSettings)
