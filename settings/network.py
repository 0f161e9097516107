"""Settings of the network that nodes, pods and services live in."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.fields import Allowed, Range, Section, Unit


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
]


class NetworkSettings(Section):
    """Address ranges and the way out to the internet."""

    nodes_range: Range = Field(default=IPv4Network("10.10.0.0/20"), description="Addresses of the machines.")
    pods_range: Range = Field(default=IPv4Network("10.64.0.0/14"), description="Addresses of the pods.")
    services_range: Range = Field(default=IPv4Network("10.40.0.0/20"), description="Addresses of Kubernetes services.")
    nat_min_ports_per_machine: NatPorts = Field(
        default=256, description="Ports that Cloud NAT gives a machine to begin with."
    )
    nat_max_ports_per_machine: NatPorts = Field(
        default=16384,
        description="Ports that Cloud NAT lets a machine grow to; each peer address and port can reuse a port.",
    )
