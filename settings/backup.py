"""Settings of the backups that Backup for GKE makes of the cluster."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from settings.fields import REGION, Allowed, Changes, Section, Unit


class BackupSettings(Section):
    """One backup plan: everything in the cluster, Kubernetes Secrets and the data of volumes included."""

    enabled: Annotated[bool, Changes("deletes the backup plan")] = Field(
        default=True,
        description="Whether backups are made. Google deletes no plan that has backups: turn it off where stacks come "
        "and go.",
    )
    recovery_point_minutes: Annotated[int, Field(ge=60, le=86_400), Unit("minutes"), Changes("in place")] = Field(
        default=1440, description="How much may be lost: Google makes a backup at least this often."
    )
    location: Annotated[
        str,
        Field(pattern=rf"^({REGION})?$"),
        Allowed("empty, or a Google Cloud region such as europe-west3"),
        Changes("replaces the backup plan"),
    ] = Field(
        default="",
        description="Region that backups are kept in, never the stack's; empty for another one in the same "
        "multi-region or country.",
    )
    retain_days: Annotated[int, Field(ge=1, le=365), Unit("days"), Changes("in place")] = Field(
        default=14, description="Age at which a new backup is deleted; at most 360 times recovery_point_minutes."
    )
    delete_lock_days: Annotated[int, Field(ge=0, le=90), Unit("days"), Changes("in place")] = Field(
        default=7, description="Age below which nobody can delete a new backup, whatever their role."
    )
