"""The machines that everything runs on, and the disks that they can attach: decided once, because they depend on each
other."""

from __future__ import annotations

from dataclasses import dataclass

MACHINE_FAMILY = "e2"
DISK_TYPE = "pd-ssd"
"""E2 machines attach Persistent Disk and no Hyperdisk; the newest series (C4, N4, M4, X4 and theirs) attach Hyperdisk
and no Persistent Disk: https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support. A boot disk or a
claim of the wrong kind only shows as a machine that never starts or a pod that never does, so the two are fixed
together: another family is allowed here only with a disk type that it attaches.
"""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A Compute Engine machine type. Memory in GB as Google counts it there, 1024^3 bytes."""

    cores: int
    memory_gb: int

    @property
    def usable_millicores(self) -> int:
        """CPU for one pod of ours, after SYSTEM_MILLICORES."""
        return self.cores * 1000 - SYSTEM_MILLICORES

    @property
    def usable_memory_mib(self) -> int:
        """Memory for one pod of ours, after SYSTEM_MEMORY_MIB and SYSTEM_MEMORY_SHARE."""
        return int(self.memory_gb * 1024 * (1 - SYSTEM_MEMORY_SHARE)) - SYSTEM_MEMORY_MIB


# What a machine has and a pod of ours cannot get. GKE's reservation is documented and falls from 25 % of the first 4 GB
# to 6 % of what is above 16 GB, and from 6 % of the first core to 0.25 % of what is above four:
# https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#memory_and_cpu_reservations
# The straight lines here are above that curve for every machine below, and the rest is an assumption: 0.4 cores and
# 0.2 GB and more for GKE's own pods on every machine (network, logs, metrics, disks).
SYSTEM_MILLICORES = 500
SYSTEM_MEMORY_MIB = 2048
SYSTEM_MEMORY_SHARE = 0.08

# https://cloud.google.com/compute/docs/general-purpose-machines#e2_machine_types_table, smallest first. Shared-core and
# highcpu types are left out: GKE's own pods alone fill the small ones.
MACHINES = {
    **{f"{MACHINE_FAMILY}-standard-{cores}": Machine(cores=cores, memory_gb=4 * cores) for cores in (2, 4, 8, 16, 32)},
    **{f"{MACHINE_FAMILY}-highmem-{cores}": Machine(cores=cores, memory_gb=8 * cores) for cores in (2, 4, 8, 16)},
}
LARGEST = MACHINES[f"{MACHINE_FAMILY}-standard-32"]
"""No machine has more cores, and none has more memory."""


def machine_for(*, cpu_millicores: int, memory_mib: int) -> Machine | None:
    """The smallest machine that takes such a pod, as auto-provisioning would choose it; None where there is none."""
    fitting = (
        machine
        for machine in MACHINES.values()
        if cpu_millicores <= machine.usable_millicores and memory_mib <= machine.usable_memory_mib
    )
    return min(fitting, key=lambda machine: (machine.cores, machine.memory_gb), default=None)
