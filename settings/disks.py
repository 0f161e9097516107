"""Mistakes where a machine cannot attach a disk that it would get, or where Google cannot encrypt it.

They only show in the cloud, as a machine that never starts or a pod that never does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.fields import REGION
from settings.machines import FAMILIES, MACHINES
from settings.mistakes import Mistake, key_path
from settings.stack import StackSettings

CONTINENTS = frozenset({"us", "europe", "asia"})
"""Multi-regions of Cloud KMS: https://cloud.google.com/kms/docs/locations#multi-regional"""


def attachable(stack: StackSettings) -> Iterator[Mistake]:
    """Boot disks and claims against the families that workloads may get, and against the system pool."""
    boot = stack.cluster.auto_provisioning.boot_disk_type
    for key, disk in (
        (["cluster", "auto_provisioning", "boot_disk_type"], boot),
        (["storage", "disk_type"], stack.storage.disk_type),
    ):
        refusing = [family for family in stack.machines.families if disk not in FAMILIES[family].disks]
        if refusing:
            yield Mistake(
                key=key_path(key),
                got=f'"{disk}", which machines of the family {", ".join(refusing)} cannot attach',
                allowed=f"a disk that every family attaches; {_attached_by(stack)}",
                advice="change the disk type, or take the family out of machines.families",
            )
    machine = MACHINES[stack.cluster.system_pool.machine_type]
    if boot not in FAMILIES[machine.family].disks:
        families = ", ".join(name for name, family in FAMILIES.items() if boot in family.disks)
        yield Mistake(
            key=key_path(["cluster", "system_pool", "machine_type"]),
            got=f'"{machine.name}", which cannot boot from {boot}',
            allowed=f"a machine of a family that can: {families}",
            advice="change it, or cluster.auto_provisioning.boot_disk_type",
        )


def _attached_by(stack: StackSettings) -> str:
    families = dict.fromkeys(stack.machines.families)
    return "; ".join(f"{family} attaches {', '.join(sorted(FAMILIES[family].disks))}" for family in families)


def families_once(stack: StackSettings) -> Iterator[Mistake]:
    """A family that is listed twice."""
    families = stack.machines.families
    for position, family in enumerate(families):
        if family in families[:position]:
            yield Mistake(
                key=key_path(["machines", "families", position]),
                got=f'"{family}", for the second time',
                allowed="each family once, in order of preference",
                advice="remove it",
            )


def key_in_reach(stack: StackSettings) -> Iterator[Mistake]:
    """A key elsewhere encrypts no disk here: https://cloud.google.com/compute/docs/disks/customer-managed-encryption.

    Of multi-regions only the continents are known here: which regions the smaller ones hold is Google's to change.
    """
    key = stack.storage.encryption_key
    location = key.split("/")[3] if key else ""
    continent = stack.region.partition("-")[0]
    if location in CONTINENTS - {continent} or (re.fullmatch(REGION, location) and location != stack.region):
        yield Mistake(
            key=key_path(["storage", "encryption_key"]),
            got=f'"{key}", a key in {location}',
            allowed=f"a key in {stack.region}, in a multi-region around it, or in global",
            advice="name a key of this region, or change region",
        )
