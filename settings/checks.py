"""Mistakes that only show when two settings are held against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from pydantic import BaseModel

from settings.cluster import ClusterSettings
from settings.mistakes import Mistake, key_path
from settings.network import NetworkSettings
from settings.node import NodeSettings

BYTES_PER_MIB = 1024**2
BYTES_PER_GB = 1000**3


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


def _ports(node: NodeSettings) -> Iterator[Mistake]:
    ports = {"p2p": node.ports.p2p, "websocket": node.ports.websocket, "http": node.ports.http}
    for (first, one), (second, other) in combinations(ports.items(), 2):
        if one == other:
            yield Mistake(
                key=key_path(["node", "ports", second]),
                got=f"{other}, which {first} has too",
                allowed="a port of its own",
                advice=f"give {first} or {second} another port",
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


def _room(node: NodeSettings, cluster: ClusterSettings) -> Iterator[Mistake]:
    scaling, limits = node.vertical_autoscaling, cluster.auto_provisioning
    cpu = node.replicas * scaling.max_cpu_millicores
    if cpu > limits.max_cpu_cores * 1000:
        yield Mistake(
            key=key_path(["node", "vertical_autoscaling", "max_cpu_millicores"]),
            got=f"{scaling.max_cpu_millicores}; {node.replicas} nodes at that size need {cpu / 1000:g} cores",
            allowed=f"what fits cluster.auto_provisioning.max_cpu_cores, {limits.max_cpu_cores}",
            advice="lower it or the replicas, or raise max_cpu_cores; else pods stay pending",
        )
    memory = node.replicas * scaling.max_memory_mib * BYTES_PER_MIB
    if memory > limits.max_memory_gb * BYTES_PER_GB:
        yield Mistake(
            key=key_path(["node", "vertical_autoscaling", "max_memory_mib"]),
            got=f"{scaling.max_memory_mib}; {node.replicas} nodes at that size need {memory / BYTES_PER_GB:.0f} GB",
            allowed=f"what fits cluster.auto_provisioning.max_memory_gb, {limits.max_memory_gb}",
            advice="lower it or the replicas, or raise max_memory_gb; else pods stay pending",
        )


CHECKS = (
    Check(needs=("network",), run=_overlaps),
    Check(needs=("network",), run=_nat_ports),
    Check(needs=("node",), run=_ports),
    Check(needs=("node",), run=_bounds),
    Check(needs=("node", "cluster"), run=_room),
)
