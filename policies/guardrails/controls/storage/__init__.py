"""Data is on the disks that it should be on, and can be had back."""

from __future__ import annotations

from typing import Any, Final

from guardrails.control import Rule
from guardrails.controls.storage import (
    backup_other_region,
    backup_plan_covers,
    backup_recovery_point,
    claim_on_ssd,
    disk_fits_machines,
    storage_class_expandable,
    storage_class_retains,
    storage_class_used,
)

CONTROLS: Final[tuple[Rule[Any], ...]] = (
    claim_on_ssd.CONTROL,
    storage_class_used.CONTROL,
    disk_fits_machines.CONTROL,
    storage_class_expandable.CONTROL,
    storage_class_retains.CONTROL,
    backup_plan_covers.CONTROL,
    backup_recovery_point.CONTROL,
    backup_other_region.CONTROL,
)
