"""Whether the cluster may grow to what its pods can ask for."""

from __future__ import annotations

from collections.abc import Iterator

from settings.cluster import ClusterSettings
from settings.egress import EgressSettings
from settings.machines import LARGEST, MACHINES, machine_for
from settings.mistakes import Mistake, key_path
from settings.node import NodeSettings

# A regional cluster has machines in three zones of its region, and a node pool has its number in each of them:
# https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters
ZONES = 3

# Proxies ask for little (components/egress_pod.py): each fits the smallest machine, and no two share one.
EGRESS_MACHINE = MACHINES["e2-standard-2"]

# An assumption: a node that the vertical autoscaler moves, or whose machine is upgraded, gets its new machine while the
# old one is still there. One at a time, as the disruption budget has it.
MOVING_NODES = 1


def largest_node(node: NodeSettings) -> Iterator[Mistake]:
    """Mistakes where no machine takes a node of the largest size that the vertical autoscaler may give it."""
    scaling = node.vertical_autoscaling
    for resource, high, most in (
        ("max_cpu_millicores", scaling.max_cpu_millicores, LARGEST.usable_millicores),
        ("max_memory_mib", scaling.max_memory_mib, LARGEST.usable_memory_mib),
    ):
        if high > most:
            yield Mistake(
                key=key_path(["node", "vertical_autoscaling", resource]),
                got=f"{high}, more than any machine has left for a pod",
                allowed=f"at most {most}: the largest machine has {LARGEST.cores} cores and {LARGEST.memory_gb} GB",
                advice="lower it; else a grown node stays pending",
            )


def largest_request(node: NodeSettings) -> tuple[int, int]:
    """Millicores and MiB that a node may come to ask for: its maxima, or its requests where nothing changes them."""
    scaling, resources = node.vertical_autoscaling, node.resources
    if scaling.mode == "Off":
        return resources.cpu_millicores, resources.memory_mib
    return scaling.max_cpu_millicores, scaling.max_memory_mib


def growth(node: NodeSettings, cluster: ClusterSettings, egress: EgressSettings) -> Iterator[Mistake]:
    """Mistakes where the machines of everything at its largest are more than the limits of auto-provisioning.

    Google holds the limits against all machines of the cluster, the system pool's among them, and against their
    capacity, not what pods can use of it:
    https://cloud.google.com/kubernetes-engine/docs/concepts/node-auto-provisioning#resource_limits
    """
    limits = cluster.auto_provisioning
    cpu_millicores, memory_mib = largest_request(node)
    machine = machine_for(cpu_millicores=cpu_millicores, memory_mib=memory_mib)
    if machine is None:
        return
    groups = (
        ("system pool", ZONES * cluster.system_pool.machines_per_zone, MACHINES[cluster.system_pool.machine_type]),
        ("egress proxies", egress.replicas, EGRESS_MACHINE),
        (f"{node.replicas} nodes and {MOVING_NODES} that moves", node.replicas + MOVING_NODES, machine),
    )
    yield from _above("max_cpu_cores", limits.max_cpu_cores, [(name, n * one.cores) for name, n, one in groups])
    yield from _above("max_memory_gb", limits.max_memory_gb, [(name, n * one.memory_gb) for name, n, one in groups])


def _above(key: str, limit: int, parts: list[tuple[str, int]]) -> Iterator[Mistake]:
    needed = sum(amount for _, amount in parts)
    if needed > limit:
        yield Mistake(
            key=key_path(["cluster", "auto_provisioning", key]),
            got=f"{limit}; at its largest the cluster needs {' + '.join(f'{n} ({name})' for name, n in parts)}",
            allowed=f"at least {needed}",
            advice="raise it, or lower node.replicas or the maxima of its vertical_autoscaling; else pods stay pending",
        )
