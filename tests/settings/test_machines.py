from __future__ import annotations

import pytest

from settings.machines import LARGEST, MACHINES, Machine, machine_for


@pytest.mark.parametrize(
    ("cpu_millicores", "memory_mib", "expected"),
    [
        (100, 128, "e2-standard-2"),
        (1500, 5488, "e2-standard-2"),
        (1501, 128, "e2-standard-4"),
        (1500, 5489, "e2-highmem-2"),
        # What GKE keeps for itself and its own pods is why four cores do not take four cores.
        (4000, 16384, "e2-standard-8"),
        (31500, 118538, "e2-standard-32"),
        (1000, 118538, "e2-highmem-16"),
    ],
)
def test_the_smallest_machine_that_takes_the_pod(cpu_millicores: int, memory_mib: int, expected: str) -> None:
    assert machine_for(cpu_millicores=cpu_millicores, memory_mib=memory_mib) == MACHINES[expected]


@pytest.mark.parametrize(("cpu_millicores", "memory_mib"), [(31501, 128), (100, 118539)])
def test_a_pod_that_no_machine_takes(cpu_millicores: int, memory_mib: int) -> None:
    assert machine_for(cpu_millicores=cpu_millicores, memory_mib=memory_mib) is None


def test_the_largest_machine_is_the_largest_in_both() -> None:
    assert max(one.cores for one in MACHINES.values()) == LARGEST.cores
    assert max(one.memory_gb for one in MACHINES.values()) == LARGEST.memory_gb


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_the_allowance_is_above_what_gke_documents(machine: Machine) -> None:
    """The published slices: https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes."""
    memory = sum(
        fraction * max(0, min(machine.memory_gb, high) - low)
        for low, high, fraction in ((0, 4, 0.25), (4, 8, 0.20), (8, 16, 0.10), (16, 128, 0.06))
    )
    cpu = sum(
        fraction * max(0, min(machine.cores, high) - low)
        for low, high, fraction in ((0, 1, 0.06), (1, 2, 0.01), (2, 4, 0.005), (4, 32, 0.0025))
    )
    eviction_mib, daemons_mib, daemons_millicores = 100, 200, 350
    assert machine.usable_memory_mib <= (machine.memory_gb - memory) * 1024 - eviction_mib - daemons_mib
    assert machine.usable_millicores <= (machine.cores - cpu) * 1000 - daemons_millicores
