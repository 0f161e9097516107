from __future__ import annotations

import csv

import pytest

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
