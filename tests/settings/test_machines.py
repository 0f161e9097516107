from __future__ import annotations

from typing import get_args

import pytest

from settings.machines import FAMILIES, MACHINES, DiskType, FamilyName, Machine, machine_for, of_families


@pytest.mark.parametrize(
    ("cpu_millicores", "memory_mib", "expected"),
    [
        (100, 128, "e2-standard-2"),
        (1495, 5488, "e2-standard-2"),
        (1496, 128, "e2-standard-4"),
        (1495, 5489, "e2-highmem-2"),
        # What GKE keeps for itself and its own pods is why four cores do not take four cores.
        (4000, 16384, "e2-standard-8"),
        (31420, 118538, "e2-standard-32"),
        (1000, 118538, "e2-highmem-16"),
    ],
)
def test_the_smallest_machine_that_takes_the_pod(cpu_millicores: int, memory_mib: int, expected: str) -> None:
    machine = machine_for(families=["e2"], cpu_millicores=cpu_millicores, memory_mib=memory_mib)
    assert machine == MACHINES[expected]


@pytest.mark.parametrize(("cpu_millicores", "memory_mib"), [(31421, 128), (100, 118539)])
def test_a_pod_that_no_machine_takes(cpu_millicores: int, memory_mib: int) -> None:
    assert machine_for(families=["e2"], cpu_millicores=cpu_millicores, memory_mib=memory_mib) is None


def test_a_later_family_is_taken_only_where_the_first_has_no_such_machine() -> None:
    families: list[FamilyName] = ["e2", "n2"]
    small = machine_for(families=families, cpu_millicores=1000, memory_mib=1024)
    large = machine_for(families=families, cpu_millicores=40_000, memory_mib=1024)
    assert (small, large) == (MACHINES["e2-standard-2"], MACHINES["n2-standard-48"])


@pytest.mark.parametrize("family", get_args(FamilyName))
def test_every_family_is_known_and_sorted_by_size(family: FamilyName) -> None:
    machines = of_families([family])
    assert machines
    assert {machine.family for machine in machines} == {family}
    assert list(machines) == sorted(machines, key=lambda machine: (machine.cores, machine.memory_gb))
    assert all(machine.name.startswith(f"{family}-") for machine in machines)


def test_the_disks_that_each_family_attaches() -> None:
    """https://cloud.google.com/compute/docs/general-purpose-machines, once more and by disk."""
    by_disk = {disk: [name for name, family in FAMILIES.items() if disk in family.disks] for disk in get_args(DiskType)}
    assert by_disk == {
        "pd-ssd": ["e2", "n1", "n2", "n2d", "c3"],
        "pd-balanced": ["e2", "n1", "n2", "n2d", "c3"],
        "hyperdisk-balanced": ["n4", "c3", "c4"],
    }


@pytest.mark.parametrize(
    ("name", "cores", "memory_gb"),
    [
        ("e2-standard-2", 2, 8),
        ("e2-highmem-16", 16, 128),
        ("n1-standard-2", 2, 7.5),
        ("n1-highmem-8", 8, 52),
        ("n2-standard-48", 48, 192),
        ("n2d-highmem-64", 64, 512),
        ("n4-standard-80", 80, 320),
        ("c3-standard-22", 22, 88),
        ("c3-highmem-88", 88, 704),
        ("c4-standard-4", 4, 15),
        ("c4-highmem-48", 48, 372),
    ],
)
def test_sizes_as_google_lists_them(name: str, cores: int, memory_gb: float) -> None:
    machine = MACHINES[name]
    assert (machine.cores, machine.memory_gb) == (cores, memory_gb)


@pytest.mark.parametrize(
    "name", ["e2-medium", "e2-highmem-32", "e2-highcpu-4", "c4-standard-2", "c3-standard-2", "n4-standard-1"]
)
def test_machines_that_do_not_exist_or_are_left_out(name: str) -> None:
    assert name not in MACHINES


def test_of_any_families_the_machine_with_the_most_cores_has_the_most_memory() -> None:
    """settings/room.py looks at one after the other because of it."""
    largest = {name: (max(one.cores for one in of_families([name])), of_families([name])[-1]) for name in FAMILIES}
    by_cores = [machine.memory_gb for cores, machine in sorted(largest.values(), key=lambda pair: pair[0])]
    assert all(cores == machine.cores for cores, machine in largest.values())
    assert by_cores == sorted(by_cores)
    assert all(
        max(one.memory_gb for one in of_families([name])) == machine.memory_gb for name, (_, machine) in largest.items()
    )


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_the_allowance_is_above_what_gke_documents(machine: Machine) -> None:
    """The published slices: https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes."""
    slices = ((0, 4, 0.25), (4, 8, 0.20), (8, 16, 0.10), (16, 128, 0.06), (128, 10_000, 0.02))
    memory = sum(fraction * max(0, min(machine.memory_gb, high) - low) for low, high, fraction in slices)
    cpu = sum(
        fraction * max(0, min(machine.cores, high) - low)
        for low, high, fraction in ((0, 1, 0.06), (1, 2, 0.01), (2, 4, 0.005), (4, 1000, 0.0025))
    )
    eviction_mib, daemons_mib, daemons_millicores = 100, 200, 400
    assert machine.usable_memory_mib <= (machine.memory_gb - memory) * 1024 - eviction_mib - daemons_mib
    assert machine.usable_millicores <= (machine.cores - cpu) * 1000 - daemons_millicores
