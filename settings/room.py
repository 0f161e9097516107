"""Whether the cluster may grow to what its pods can ask for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from settings.machines import MACHINES, Machine, machine_for, of_families
from settings.mistakes import Mistake, key_path
from settings.node import NodeSettings
from settings.regions import ZONES
from settings.stack import StackSettings

# An assumption: a node that the vertical autoscaler moves, or whose machine is upgraded, gets its new machine while the
# old one is still there. One at a time, as the disruption budget has it.
MOVING_NODES = 1


def largest_node(stack: StackSettings) -> Iterator[Mistake]:
    """Mistakes where no machine takes a node of the largest size that it may come to ask for."""
    section = "vertical_autoscaling.max_" if stack.node.vertical_autoscaling.moves else "resources."
    millicores, mib = largest_request(stack.node)
    machines = of_families(stack.machines.families)
    families = ", ".join(stack.machines.families)
    most_millicores = max(machine.usable_millicores for machine in machines)
    most_mib = max(machine.usable_memory_mib for machine in machines)
    # One at a time: of any families, the machine with the most cores is also one with the most memory.
    for resource, high, most in (("cpu_millicores", millicores, most_millicores), ("memory_mib", mib, most_mib)):
        if high > most:
            yield Mistake(
                key=key_path(["node", f"{section}{resource}"]),
                got=f"{high}, more than any machine of {families} has left for a pod",
                allowed=f"at most {most}",
                advice="lower it, or allow larger machines.families; else such a node stays pending",
            )


def largest_request(node: NodeSettings) -> tuple[int, int]:
    """Millicores and MiB that a node may come to ask for: its maxima, or its requests where nothing changes them."""
    scaling, resources = node.vertical_autoscaling, node.resources
    if not scaling.moves:
        return resources.cpu_millicores, resources.memory_mib
    return scaling.max_cpu_millicores, scaling.max_memory_mib


def machines_at_most(stack: StackSettings) -> int:
    """How many machines there can be at once: one for each node and proxy, those that move, and the system pool."""
    system_pool = ZONES * stack.cluster.system_pool.machines_per_zone
    surge = 1  # of the system pool, while it is upgraded
    return system_pool + surge + provisioned_twice(stack) * (stack.egress.replicas + stack.node.replicas) + MOVING_NODES


def provisioned_twice(stack: StackSettings) -> int:
    """2 where a second set of auto-provisioned machines stands beside the first during an upgrade, else 1."""
    return 2 if stack.cluster.auto_provisioning.upgrade_strategy == "blue-green" else 1


@dataclass(frozen=True, kw_only=True)
class Group:
    """So many machines of one kind, all there at once."""

    name: str
    number: int
    machine: Machine


def at_its_largest(stack: StackSettings) -> tuple[Group, ...]:
    """The machines of everything at its largest; empty where no machine takes the largest node."""
    node, cluster, egress, families = stack.node, stack.cluster, stack.egress, stack.machines.families
    cpu_millicores, memory_mib = largest_request(node)
    machine = machine_for(families=families, cpu_millicores=cpu_millicores, memory_mib=memory_mib)
    if machine is None:
        return ()
    # Proxies ask for little (components/egress_pod.py): each fits the smallest machine, and no two share one.
    proxy_machine = of_families(families)[0]
    sets = provisioned_twice(stack)
    twice = ", twice while blue-green upgrades run" if sets == 2 else ""
    system_pool = MACHINES[cluster.system_pool.machine_type]
    nodes = f"{node.replicas} nodes{twice} and {MOVING_NODES} that moves"
    return (
        Group(name="system pool", number=ZONES * cluster.system_pool.machines_per_zone, machine=system_pool),
        Group(name=f"egress proxies{twice}", number=sets * egress.replicas, machine=proxy_machine),
        Group(name=nodes, number=sets * node.replicas + MOVING_NODES, machine=machine),
    )


def growth(stack: StackSettings) -> Iterator[Mistake]:
    """Mistakes where the machines of everything at its largest are more than the limits of auto-provisioning.

    Google holds the limits against all machines of the cluster, the system pool's among them, and against their
    capacity, not what pods can use of it:
    https://cloud.google.com/kubernetes-engine/docs/concepts/node-auto-provisioning#resource_limits
    """
    limits, groups = stack.cluster.auto_provisioning, at_its_largest(stack)
    cores = [(group.name, group.number * group.machine.cores) for group in groups]
    memory = [(group.name, group.number * group.machine.memory_gb) for group in groups]
    yield from _above("max_cpu_cores", limits.max_cpu_cores, cores)
    yield from _above("max_memory_gb", limits.max_memory_gb, memory)


def disks_gb(stack: StackSettings) -> int:
    """GB of disk at its largest: a boot disk for each machine, and the nodes' own."""
    machines = sum(group.number for group in at_its_largest(stack))
    return machines * stack.cluster.auto_provisioning.boot_disk_gb + stack.node.replicas * stack.node.disk_gib


def _above(key: str, limit: int, parts: Sequence[tuple[str, float]]) -> Iterator[Mistake]:
    needed = math.ceil(sum(amount for _, amount in parts))
    if needed > limit:
        yield Mistake(
            key=key_path(["cluster", "auto_provisioning", key]),
            got=f"{limit}; at its largest the cluster needs {' + '.join(f'{n:g} ({name})' for name, n in parts)}",
            allowed=f"at least {needed}",
            advice="raise it, or lower node.replicas or the maxima of its vertical_autoscaling; else pods stay pending",
        )
