"""Machine types, and what GKE leaves of them for pods."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("machines.csv")
MEBIBYTE = 1024**2
GIBIBYTE = 1024**3
PODS_PER_NODE = 110
EVICTION_MEMORY = 100 * MEBIBYTE

# Fractions of each slice of memory (GiB) and CPU (cores) that GKE keeps for the system:
# https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#memory_and_cpu_reservations
_MEMORY_SLICES = ((4.0, 0.25), (4.0, 0.20), (8.0, 0.10), (112.0, 0.06), (float("inf"), 0.02))
_CPU_SLICES = ((1.0, 0.06), (1.0, 0.01), (2.0, 0.005), (float("inf"), 0.0025))


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A Compute Engine machine type. Memory in GiB."""

    type: str
    vcpus: int
    memory_gib: float

    @property
    def family(self) -> str:
        """The series in the form of the label cloud.google.com/machine-family: `e2`."""
        return self.type.split("-", 1)[0]

    @property
    def memory_bytes(self) -> int:
        """All memory of the machine."""
        return int(self.memory_gib * GIBIBYTE)

    @property
    def allocatable_millicores(self) -> int:
        """CPU left for pods."""
        return round(1000 * (self.vcpus - _reserved(self.vcpus, _CPU_SLICES)))

    @property
    def allocatable_bytes(self) -> int:
        """Memory left for pods, eviction threshold taken off."""
        reserved = _reserved(self.memory_gib, _MEMORY_SLICES) * GIBIBYTE
        return (int(self.memory_bytes - reserved - EVICTION_MEMORY) // MEBIBYTE) * MEBIBYTE


def allocatable_disk_bytes(boot_disk_gib: int) -> int:
    """Ephemeral storage left for pods on a boot disk: eviction threshold of 10 % and GKE's system reservation.

    https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#local_ephemeral_storage_reservation
    """
    reserved = min(0.5 * boot_disk_gib, 6 + 0.35 * boot_disk_gib, 100.0)
    return max(0, int((boot_disk_gib * 0.9 - reserved) * GIBIBYTE))


@cache
def catalogue() -> dict[str, Machine]:
    """Every machine type of the committed table by name, smallest first."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        machines = [
            Machine(type=row["type"], vcpus=int(row["vcpus"]), memory_gib=float(row["memory_gib"]))
            for row in csv.DictReader(file)
        ]
    return {m.type: m for m in sorted(machines, key=lambda m: (m.vcpus, m.memory_gib, m.type))}


def _reserved(amount: float, slices: tuple[tuple[float, float], ...]) -> float:
    reserved, left = 0.0, amount
    for size, fraction in slices:
        part = min(left, size)
        reserved += part * fraction
        left -= part
    return reserved
