from __future__ import annotations

import csv

import pytest

from sandbox.dataplane.disks import MACHINES, attaches, disk_types
from sandbox.dataplane.machines import GIBIBYTE, MEBIBYTE, TABLE, allocatable_disk_bytes, catalogue


# kubectl describe node on GKE shows 1930m, 3920m and 7910m for machines of 2, 4 and 8 cores.
@pytest.mark.parametrize(
    ("machine", "millicores", "mebibytes"),
    [
        ("e2-standard-2", 1930, 8192 - 1024 - 819.2 - 100),
        ("e2-standard-4", 3920, 16384 - 1024 - 819.2 - 819.2 - 100),
        ("e2-standard-8", 7910, 32768 - 1024 - 819.2 - 819.2 - 983.04 - 100),
        ("n2-highmem-16", 15890, 131072 - 1024 - 819.2 - 819.2 - 6881.28 - 100),
    ],
)
def test_allocatable_follows_googles_formula(machine: str, millicores: int, mebibytes: float) -> None:
    found = catalogue()[machine]
    assert found.allocatable_millicores == millicores
    assert found.allocatable_bytes == int(mebibytes) * MEBIBYTE


def test_boot_disks_keep_room_for_the_system() -> None:
    assert allocatable_disk_bytes(100) == 49 * GIBIBYTE


def test_every_machine_has_a_source_and_the_smallest_comes_first() -> None:
    with TABLE.open() as file:
        assert all(row["source"].startswith("https://cloud.google.com/") for row in csv.DictReader(file))
    sizes = [(m.vcpus, m.memory_gib) for m in catalogue().values()]
    assert sizes == sorted(sizes)


def test_every_family_has_disks_that_work_with_it_each_with_a_source() -> None:
    with MACHINES.open() as file:
        rows = list(csv.DictReader(file))
    assert all(row["source"].startswith("https://cloud.google.com/") for row in rows)
    assert {row["family"] for row in rows} == {machine.family for machine in catalogue().values()}
    assert {row["disk_type"] for row in rows} == set(disk_types())


@pytest.mark.parametrize(
    ("machine", "type", "works"),
    [
        ("e2-standard-2", "pd-ssd", True),
        ("e2-standard-2", "hyperdisk-balanced", False),
        ("n1-standard-2", "hyperdisk-balanced", False),
        ("n4-standard-2", "pd-ssd", False),
        ("c4-standard-2", "pd-balanced", False),
        ("c4-standard-2", "hyperdisk-balanced", True),
        ("c3-standard-4", "pd-ssd", True),
        ("c3-standard-4", "pd-standard", False),
        ("c3-standard-4", "hyperdisk-balanced", True),
        ("n2-standard-64", "hyperdisk-extreme", False),
        ("n2-standard-80", "hyperdisk-extreme", True),
        ("n2-standard-2", "pd-gold", False),
    ],
)
def test_disks_work_with_some_machines_only(machine: str, type: str, works: bool) -> None:
    assert attaches(type, catalogue()[machine]) is works
