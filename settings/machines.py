"""The machine series and disks that can be chosen, and which of them go together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

FamilyName = Literal["e2", "n1", "n2", "n2d", "n4", "c3", "c4"]
DiskType = Literal["pd-ssd", "pd-balanced", "hyperdisk-balanced"]
"""SSD-backed types alone; pd-standard is a magnetic disk."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A Compute Engine machine type. Memory in GB as Google counts it there, 1024^3 bytes."""

    name: str
    family: FamilyName
    cores: int
    memory_gb: float

    @property
    def usable_millicores(self) -> int:
        """CPU for one pod of ours, after SYSTEM_MILLICORES and SYSTEM_CPU_SHARE."""
        return int(self.cores * 1000 * (1 - SYSTEM_CPU_SHARE)) - SYSTEM_MILLICORES

    @property
    def usable_memory_mib(self) -> int:
        """Memory for one pod of ours, after SYSTEM_MEMORY_MIB and SYSTEM_MEMORY_SHARE."""
        return int(self.memory_gb * 1024 * (1 - SYSTEM_MEMORY_SHARE)) - SYSTEM_MEMORY_MIB


@dataclass(frozen=True, kw_only=True)
class Family:
    """A machine series: GB a core and cores of its standard and of its highmem machines, and the disks it attaches."""

    standard_gb: float
    highmem_gb: float
    standard_cores: tuple[int, ...]
    highmem_cores: tuple[int, ...]
    disks: frozenset[DiskType]


# What a machine has and a pod of ours cannot get. GKE's reservation is documented and falls from 25 % of the first 4 GB
# to 6 % of what is above 16 GB, and from 6 % of the first core to 0.25 % of what is above four:
# https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#memory_and_cpu_reservations
# The straight lines here are above that curve for every machine below, and the rest is an assumption: 0.4 cores and
# 0.2 GB and more for GKE's own pods on every machine (network, logs, metrics, disks).
SYSTEM_MILLICORES = 500
SYSTEM_CPU_SHARE = 0.0025
SYSTEM_MEMORY_MIB = 2048
SYSTEM_MEMORY_SHARE = 0.08

_PERSISTENT: frozenset[DiskType] = frozenset({"pd-ssd", "pd-balanced"})
_HYPERDISK: frozenset[DiskType] = frozenset({"hyperdisk-balanced"})
_SMALL = (2, 4, 8, 16, 32)
_LARGE = (*_SMALL, 48, 64, 80)

# Sizes and "Supported disk types" of each series:
# https://cloud.google.com/compute/docs/general-purpose-machines, read in a copy of 2026-04-15. Boot disks and data
# disks are not told apart there. Shared-core and highcpu types are left out: GKE's own pods alone fill the small ones.
# C4 machines of two cores are left out too: Google rounds their memory down, which GB a core cannot say.
FAMILIES: dict[FamilyName, Family] = {
    "e2": Family(
        standard_gb=4, highmem_gb=8, standard_cores=_SMALL, highmem_cores=(2, 4, 8, 16), disks=_PERSISTENT
    ),
    "n1": Family(
        standard_gb=3.75, highmem_gb=6.5, standard_cores=(*_SMALL, 64), highmem_cores=(*_SMALL, 64), disks=_PERSISTENT
    ),
    "n2": Family(standard_gb=4, highmem_gb=8, standard_cores=_LARGE, highmem_cores=_LARGE, disks=_PERSISTENT),
    "n2d": Family(standard_gb=4, highmem_gb=8, standard_cores=_LARGE, highmem_cores=_LARGE, disks=_PERSISTENT),
    "n4": Family(standard_gb=4, highmem_gb=8, standard_cores=_LARGE, highmem_cores=_LARGE, disks=_HYPERDISK),
    "c3": Family(
        standard_gb=4, highmem_gb=8, standard_cores=(4, 8, 22, 44, 88), highmem_cores=(4, 8, 22, 44, 88),
        disks=_PERSISTENT | _HYPERDISK,
    ),
    "c4": Family(
        standard_gb=3.75, highmem_gb=7.75, standard_cores=(4, 8, 16, 24, 32, 48), highmem_cores=(4, 8, 16, 24, 32, 48),
        disks=_HYPERDISK,
    ),
}  # fmt: skip


def _machines(name: FamilyName, family: Family) -> Iterable[Machine]:
    for kind, cores_of_kind, gb in (
        ("standard", family.standard_cores, family.standard_gb),
        ("highmem", family.highmem_cores, family.highmem_gb),
    ):
        for cores in cores_of_kind:
            yield Machine(name=f"{name}-{kind}-{cores}", family=name, cores=cores, memory_gb=cores * gb)


MACHINES = {machine.name: machine for name, family in FAMILIES.items() for machine in _machines(name, family)}


def of_families(families: Iterable[FamilyName]) -> tuple[Machine, ...]:
    """Every machine of the families, in the families' order and smallest first within each."""
    return tuple(
        machine
        for family in families
        for machine in sorted(
            (one for one in MACHINES.values() if one.family == family), key=lambda one: (one.cores, one.memory_gb)
        )
    )


def machine_for(*, families: Iterable[FamilyName], cpu_millicores: int, memory_mib: int) -> Machine | None:
    """The machine that such a pod gets: the smallest that takes it, of the first family that has one; None without.

    That is the ComputeClass's order of fallback, as long as no family is out of stock.
    """
    return next(
        (
            machine
            for machine in of_families(families)
            if cpu_millicores <= machine.usable_millicores and memory_mib <= machine.usable_memory_mib
        ),
        None,
    )
