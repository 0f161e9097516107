"""Mistakes in address ranges, zones and the network that they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations

from settings import room
from settings.mistakes import Mistake, key_path
from settings.regions import ZONES, all_zones_of, region_of, zones_of
from settings.stack import StackSettings

# A pod range gives each machine a block of 256 addresses at GKE's default of 110 pods a machine, and a subnet keeps
# four addresses: https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips#cluster_sizing
ADDRESSES_PER_MACHINE = 256
KEPT_BY_SUBNET = 4

# https://cloud.google.com/vpc/docs/subnets#prohibited-ip-ranges
REFUSED = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "199.36.153.4/30", "199.36.153.8/30", "224.0.0.0/4",
        "255.255.255.255/32",
    )
)  # fmt: skip

# What subnets may have that is nobody's on the internet (https://cloud.google.com/vpc/docs/subnets#valid-ranges). Each
# is in components/special_ranges.py, which the egress proxy and NetworkPolicies keep to.
NOT_PUBLIC = tuple(
    IPv4Network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
    )
)  # fmt: skip

# Beside a Service for each node, one for all of them and one for the proxies, GKE's own take some: an assumption.
OTHER_SERVICES = 30


def overlaps(stack: StackSettings) -> Iterator[Mistake]:
    """Ranges that have addresses in common."""
    network = stack.network
    ranges = {
        "nodes_range": network.nodes_range,
        "pods_range": network.pods_range,
        "services_range": network.services_range,
    }
    for (first, one), (second, other) in combinations(ranges.items(), 2):
        if one.overlaps(other):
            yield Mistake(
                key=key_path(["network", second]),
                got=f'"{other}", which overlaps {first} "{one}"',
                allowed="three ranges that have no address in common",
                advice=f"move {first} or {second}",
            )


def refused(stack: StackSettings) -> Iterator[Mistake]:
    """Ranges that no subnet may have, and public ones."""
    network = stack.network
    for name in ("nodes_range", "pods_range", "services_range"):
        found: IPv4Network = getattr(network, name)
        taken = next((one for one in REFUSED if found.overlaps(one)), None)
        if taken:
            yield Mistake(
                key=key_path(["network", name]),
                got=f'"{found}", which overlaps "{taken}"',
                allowed="a range that Google Cloud lets a subnet have",
                advice="move it, for example into 10.0.0.0/8",
            )
        elif not any(found.subnet_of(one) for one in NOT_PUBLIC):
            yield Mistake(
                key=key_path(["network", name]),
                got=f'"{found}", which is public',
                allowed="a private range: the egress proxy reaches every public one, this one too",
                advice="move it, for example into 10.0.0.0/8",
            )


def sizes(stack: StackSettings) -> Iterator[Mistake]:
    """Ranges that are too small for what was asked for at its largest."""
    network, machines = stack.network, room.machines_at_most(stack)
    replicas = stack.node.replicas
    for name, found, needed, what in (
        ("nodes_range", network.nodes_range, machines + KEPT_BY_SUBNET, f"{machines} machines"),
        ("pods_range", network.pods_range, machines * ADDRESSES_PER_MACHINE, f"{machines} machines with 256 each"),
        (
            "services_range",
            network.services_range,
            replicas + OTHER_SERVICES,
            f"a Service for each of {replicas} nodes",
        ),
    ):
        if found.num_addresses < needed:
            yield Mistake(
                key=key_path(["network", name]),
                got=f'"{found}", {found.num_addresses} addresses; {what} need {needed}',
                allowed=f"/{32 - (needed - 1).bit_length()} or wider",
                advice="widen it, or ask for less (node.replicas); later only nodes_range can be widened in place",
            )


def nat_ports(stack: StackSettings) -> Iterator[Mistake]:
    """A maximum that is not above its minimum."""
    low, high = stack.network.nat_min_ports_per_machine, stack.network.nat_max_ports_per_machine
    if low >= high:
        yield Mistake(
            key=key_path(["network", "nat_max_ports_per_machine"]),
            got=f"{high}, with nat_min_ports_per_machine {low}",
            allowed="more than nat_min_ports_per_machine",
            advice="raise the maximum or lower the minimum",
        )


def shared_vpc(stack: StackSettings) -> Iterator[Mistake]:
    """A network of another project that is only half named, or that is none of another project."""
    shared = stack.network.shared_vpc
    given = {"host_project": shared.host_project, "network": shared.network, "subnetwork": shared.subnetwork}
    if not any(given.values()):
        return
    if shared.host_project == stack.project:
        yield Mistake(
            key=key_path(["network", "shared_vpc", "host_project"]),
            got=f'"{shared.host_project}", the stack\'s own project',
            allowed="another project, or nothing",
            advice="remove shared_vpc to have an own network",
        )
    given |= {"pods_range_name": shared.pods_range_name, "services_range_name": shared.services_range_name}
    for name, value in given.items():
        if not value:
            yield Mistake(
                key=key_path(["network", "shared_vpc", name]),
                got=f"nothing, with {', '.join(other for other, one in given.items() if one)} given",
                allowed="host_project, network, subnetwork and the names of its ranges, or none of them",
                advice="name it, or remove the others to have an own network",
            )


def zones(stack: StackSettings) -> Iterator[Mistake]:
    """Zones that are not three of the region, and a region of which no zones are known."""
    chosen = stack.cluster.zones
    if not chosen:
        if not zones_of(stack.region):
            yield Mistake(
                key=key_path(["region"]),
                got=f'"{stack.region}", of which no {ZONES} zones are known here',
                allowed="a Google Cloud region with three zones",
                advice="correct it; for a new region, name three of its zones in cluster.zones",
            )
        return
    known = all_zones_of(stack.region)
    for position, zone in enumerate(chosen):
        if region_of(zone) != stack.region:
            yield Mistake(
                key=key_path(["cluster", "zones", position]),
                got=f'"{zone}", which is not in {stack.region}',
                allowed=f"a zone of {stack.region}",
                advice="name another zone, or change region",
            )
        elif known and zone not in known:
            yield Mistake(
                key=key_path(["cluster", "zones", position]),
                got=f'"{zone}", which does not exist',
                allowed=f"a zone of {stack.region}: {', '.join(known)}",
                advice="name one of those",
            )
    if len(set(chosen)) != ZONES or len(chosen) != ZONES:
        yield Mistake(
            key=key_path(["cluster", "zones"]),
            got=", ".join(chosen),
            allowed=f"{ZONES} different zones",
            advice="a regional cluster keeps its machines and disks in three zones; name three, or remove the key",
        )
