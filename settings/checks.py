"""Mistakes that only show when two settings are held against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from pydantic import BaseModel

from settings import room
from settings.cluster import ClusterSettings
from settings.egress import EgressSettings
from settings.mistakes import Mistake, key_path
from settings.network import NetworkSettings
from settings.node import NodeSettings


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check and the sections that it needs to be right in themselves, in the order of its parameters."""

    needs: tuple[str, ...]
    run: Callable[..., Iterator[Mistake]]


def across(sections: Mapping[str, BaseModel]) -> list[Mistake]:
    """Every mistake across the given sections; a check whose sections are not all there is left out."""
    return [
        mistake
        for check in CHECKS
        if all(name in sections for name in check.needs)
        for mistake in check.run(*(sections[name] for name in check.needs))
    ]


def _overlaps(network: NetworkSettings) -> Iterator[Mistake]:
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


def _nat_ports(network: NetworkSettings) -> Iterator[Mistake]:
    low, high = network.nat_min_ports_per_machine, network.nat_max_ports_per_machine
    if low >= high:
        yield Mistake(
            key=key_path(["network", "nat_max_ports_per_machine"]),
            got=f"{high}, with nat_min_ports_per_machine {low}",
            allowed="more than nat_min_ports_per_machine",
            advice="raise the maximum or lower the minimum",
        )


def _bounds(node: NodeSettings) -> Iterator[Mistake]:
    scaling = node.vertical_autoscaling
    for resource, low, request, high in (
        ("cpu_millicores", scaling.min_cpu_millicores, node.resources.cpu_millicores, scaling.max_cpu_millicores),
        ("memory_mib", scaling.min_memory_mib, node.resources.memory_mib, scaling.max_memory_mib),
    ):
        if low > high:
            yield Mistake(
                key=key_path(["node", "vertical_autoscaling", f"min_{resource}"]),
                got=f"{low}, above max_{resource} {high}",
                allowed=f"at most max_{resource}",
                advice="lower the minimum or raise the maximum",
            )
        elif not low <= request <= high:
            yield Mistake(
                key=key_path(["node", "resources", resource]),
                got=f"{request}, outside the bounds of the vertical autoscaling, {low} to {high}",
                allowed="a request within min and max of node.vertical_autoscaling",
                advice="change the request or the bounds",
            )
    if node.resources.memory_limit_mib < node.resources.memory_mib:
        yield Mistake(
            key=key_path(["node", "resources", "memory_limit_mib"]),
            got=f"{node.resources.memory_limit_mib}, below memory_mib {node.resources.memory_mib}",
            allowed="at least memory_mib",
            advice="raise the limit or lower the request",
        )


def _control_plane_access(cluster: ClusterSettings) -> Iterator[Mistake]:
    if cluster.control_plane_access == "dns" and cluster.authorized_networks:
        yield Mistake(
            key=key_path(["cluster", "authorized_networks"]),
            got=f"{len(cluster.authorized_networks)} ranges, with control_plane_access dns",
            allowed="no ranges: behind the DNS name IAM decides who gets in, not an address",
            advice="remove them, or set control_plane_access to ip",
        )
    if cluster.control_plane_access == "ip" and cluster.external_access:
        yield Mistake(
            key=key_path(["cluster", "external_access"]),
            got="true, with control_plane_access ip",
            allowed="false: the private address never answers outside Google Cloud",
            advice="remove it, or set control_plane_access to dns",
        )
    for position, network in enumerate(cluster.authorized_networks):
        if network.prefixlen == 0:
            yield Mistake(
                key=key_path(["cluster", "authorized_networks", position]),
                got=f'"{network}", which is every address',
                allowed="the ranges that administrators connect from",
                advice="name those ranges",
            )


def _domains(egress: EgressSettings) -> Iterator[Mistake]:
    """squid refuses a list in which one entry includes another, depending on their order; then no proxy starts."""
    for position, domain in enumerate(egress.allowed_domains):
        others = [one for place, one in enumerate(egress.allowed_domains) if place != position]
        wider = next((one for one in others if one != domain and _includes(one, domain)), None)
        if wider is None and domain in egress.allowed_domains[:position]:
            wider = domain
        if wider is not None:
            yield Mistake(
                key=key_path(["egress", "allowed_domains", position]),
                got=f'"{domain}", which the entry "{wider}" includes',
                allowed="a domain that no other entry includes",
                advice="remove it",
            )


def _includes(wide: str, narrow: str) -> bool:
    """Whether squid takes `narrow` for a part of `wide`: with its leading dot, `.a.b` is `a.b` and all below it."""
    return wide.startswith(".") and f".{narrow.lstrip('.')}".endswith(wide)


CHECKS = (
    Check(needs=("network",), run=_overlaps),
    Check(needs=("network",), run=_nat_ports),
    Check(needs=("node",), run=_bounds),
    Check(needs=("cluster",), run=_control_plane_access),
    Check(needs=("egress",), run=_domains),
    Check(needs=("node",), run=room.largest_node),
    Check(needs=("node", "cluster", "egress"), run=room.growth),
)
