"""Mistakes that only show when settings are held against each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from settings import addresses, backups, disks, egress_domains, node_checks, peer_ports, protection, room, windows
from settings.mistakes import Mistake, key_path, shown
from settings.stack import StackSettings

LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")
OWN_LABELS = ("part-of", "platform", "environment", "managed-by")
"""Labels that the program sets (components/labels.py)."""
AND_A_QUARTER = ", a quarter above the request: the autoscaler keeps the ratio, and a growing node needs the room"
MOST_LABELS = 64 - len(OWN_LABELS)
"""A resource has 64 labels at most: https://cloud.google.com/compute/docs/labeling-resources#requirements"""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check, and the settings, with dots, that must be right in themselves before it can say anything."""

    needs: tuple[str, ...]
    run: Callable[[StackSettings], Iterator[Mistake]]


def across(stack: StackSettings, *, wrong: Collection[tuple[str, ...]]) -> list[Mistake]:
    """Every mistake across the settings. `wrong` are paths that hold no usable value: what needs one is left out."""
    return [
        mistake
        for check in CHECKS
        if not any(_share_a_branch(tuple(need.split(".")), path) for need in check.needs for path in wrong)
        for mistake in check.run(stack)
    ]


def _share_a_branch(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one path is the other, or lies below it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _bounds(stack: StackSettings) -> Iterator[Mistake]:
    """Bounds that cross, or exclude the request that they are for. Where nothing scales they bind nobody."""
    node, scaling = stack.node, stack.node.vertical_autoscaling
    bounds = (
        ("cpu_millicores", scaling.min_cpu_millicores, node.resources.cpu_millicores, scaling.max_cpu_millicores),
        ("memory_mib", scaling.min_memory_mib, node.resources.memory_mib, scaling.max_memory_mib),
    )
    for resource, low, request, high in bounds if scaling.enabled else ():
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
    least = node.resources.memory_mib * (125 if scaling.moves else 100) // 100
    if node.resources.memory_limit_mib < least:
        yield Mistake(
            key=key_path(["node", "resources", "memory_limit_mib"]),
            got=f"{node.resources.memory_limit_mib}, with memory_mib {node.resources.memory_mib}",
            allowed=f"at least {least}{AND_A_QUARTER if scaling.moves else ''}",
            advice="raise the limit or lower the request",
        )


def _control_plane_access(stack: StackSettings) -> Iterator[Mistake]:
    cluster = stack.cluster
    if cluster.control_plane_access == "dns" and cluster.authorized_networks:
        yield Mistake(
            key=key_path(["cluster", "authorized_networks"]),
            got=f"{len(cluster.authorized_networks)} ranges, with control_plane_access dns",
            allowed="no ranges: behind the DNS name IAM decides who gets in, not an address",
            advice="remove them, or set control_plane_access to ip",
        )
    if cluster.control_plane_access == "dns" and not cluster.external_access:
        yield Mistake(
            key=key_path(["cluster", "external_access"]),
            got="false, with control_plane_access dns",
            allowed="true: without it the DNS name serves Google's own services and no user, inside the VPC neither",
            advice="set it to true, then IAM decides (container.clusters.connect); or set control_plane_access to ip",
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


def _labels(stack: StackSettings) -> Iterator[Mistake]:
    """Labels that Google Cloud would refuse, and those that are not a user's to set."""
    for label, value in stack.labels.items():
        advice = "correct it"
        if label in OWN_LABELS or label.startswith("goog"):
            allowed = f"a key that neither Google (goog...) nor the program ({', '.join(OWN_LABELS)}) has taken"
            advice = "choose another key"
        elif not LABEL_KEY.fullmatch(label):
            allowed = "a key of 1 to 63 lower-case letters, digits, hyphens and underscores that starts with a letter"
        elif not LABEL_VALUE.fullmatch(value):
            allowed = "a value of at most 63 lower-case letters, digits, hyphens and underscores"
        else:
            continue
        yield Mistake(key=key_path(["labels", label]), got=f"{label}: {shown(value)}", allowed=allowed, advice=advice)
    if len(stack.labels) > MOST_LABELS:
        yield Mistake(
            key=key_path(["labels"]),
            got=f"{len(stack.labels)} labels",
            allowed=f"at most {MOST_LABELS}",
            advice=f"remove some: Google Cloud takes 64, {len(OWN_LABELS)} of which the program sets",
        )


def _components(stack: StackSettings) -> Iterator[Mistake]:
    """Lists that Google would refuse or write back otherwise: without its own components, or with one twice."""
    for name in ("log_components", "metric_components"):
        given: tuple[str, ...] = getattr(stack.cluster, name)
        if given and "SYSTEM_COMPONENTS" not in given:
            yield Mistake(
                key=key_path(["cluster", name]),
                got=f"{', '.join(given)} without SYSTEM_COMPONENTS",
                allowed="nothing at all, or SYSTEM_COMPONENTS with others",
                advice="add SYSTEM_COMPONENTS, or write [] to turn all off",
            )
        for position, one in enumerate(given):
            if one in given[:position]:
                yield Mistake(
                    key=key_path(["cluster", name, position]),
                    got=f"{one}, for the second time",
                    allowed="each component once",
                    advice="remove it",
                )


RANGES = ("network.nodes_range", "network.pods_range", "network.services_range")
MOST_MACHINES = (
    "node.replicas",
    "egress.replicas",
    "cluster.system_pool",
    "cluster.auto_provisioning.upgrade_strategy",
)
SCALING = ("node.resources", "node.vertical_autoscaling")
PRUNING = ("node.substrate.state_pruning", "node.substrate.blocks_pruning")
PROTECTION = (
    "protect",
    "cluster.deletion_protection",
    "cluster.secrets_encryption",
    "storage.reclaim_policy",
    "backup.enabled",
)
ACCESS = ("cluster.control_plane_access", "cluster.external_access", "cluster.authorized_networks")
BOOT_DISK = "cluster.auto_provisioning.boot_disk_type"

CHECKS = (
    Check(needs=RANGES, run=addresses.overlaps),
    Check(needs=RANGES, run=addresses.refused),
    Check(needs=(*RANGES, *MOST_MACHINES), run=addresses.sizes),
    Check(needs=("network",), run=addresses.nat_ports),
    Check(needs=("project", "network.shared_vpc"), run=addresses.shared_vpc),
    Check(needs=("region", "cluster.zones"), run=addresses.zones),
    Check(needs=("machines",), run=disks.families_once),
    Check(needs=("machines", "cluster.system_pool", "storage.disk_type", BOOT_DISK), run=disks.attachable),
    Check(needs=("region", "storage.encryption_key"), run=disks.key_in_reach),
    Check(needs=("environment", "accept_replacement", *PROTECTION), run=protection.guarded),
    Check(needs=("environment", "region", "recovery"), run=protection.another_region),
    Check(needs=("backup.enabled", "cluster.backup_agent"), run=backups.made),
    Check(needs=("backup.enabled", "backup.location", "region", "recovery"), run=backups.elsewhere),
    Check(needs=("backup",), run=backups.kept),
    Check(needs=("cluster.maintenance",), run=windows.open_long_enough),
    Check(needs=("cluster.maintenance.exclusions",), run=windows.exclusions),
    Check(needs=ACCESS, run=_control_plane_access),
    Check(needs=("cluster.log_components", "cluster.metric_components"), run=_components),
    Check(needs=(), run=_labels),
    Check(needs=SCALING, run=_bounds),
    Check(needs=("node.ports", "node.profile"), run=node_checks.ports),
    Check(needs=("node.substrate.extra_arguments",), run=node_checks.arguments),
    Check(needs=("node.profile", "node.ports.http", *PRUNING), run=node_checks.profile),
    Check(needs=("node.substrate.sync", "node.substrate.state_pruning"), run=node_checks.sync),
    Check(needs=("node.substrate.rpc_cors",), run=node_checks.origins),
    Check(needs=("node.substrate.telemetry", "node.substrate.telemetry_urls"), run=node_checks.telemetry),
    Check(needs=("node.substrate", "node.access.peer_ports"), run=peer_ports.dialled),
    Check(needs=("node.exposure", "node.dns.zone", "node.dns.domain"), run=node_checks.reachable),
    Check(needs=("node.snapshot",), run=node_checks.one_source),
    Check(needs=("node.snapshot.archive", "network.google_apis"), run=peer_ports.archive_in_reach),
    Check(needs=("node.access.peer_ports",), run=peer_ports.in_order),
    Check(needs=("node.node_key", "node.replicas", "cluster.secret_manager"), run=node_checks.secrets),
    Check(needs=("environment", "machines.spot"), run=node_checks.spot),
    Check(needs=("egress.allowed_domains",), run=egress_domains.allowed_domains),
    Check(needs=("machines", *SCALING), run=room.largest_node),
    Check(needs=("machines", "cluster.auto_provisioning", *MOST_MACHINES, *SCALING), run=room.growth),
)
