"""Settings of the volumes that nodes keep their database on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from settings.fields import REGION, Allowed, Changes, KeyName, Section
from settings.machines import DiskType

CLASS = "replaces the StorageClass"


class StorageSettings(Section):
    """The SSD StorageClass and the class of its snapshots. Volumes that are there stay as they are."""

    disk_type: Annotated[DiskType, Changes(CLASS)] = Field(
        default="pd-ssd",
        description="Type of new disks; every family of machines.families must attach it. Old disks keep theirs.",
    )
    reclaim_policy: Annotated[Literal["Retain", "Delete"], Changes(CLASS)] = Field(
        default="Retain",
        description="What happens to a new disk, and to a snapshot's data, when its object is deleted.",
    )
    encryption_key: Annotated[KeyName, Changes(CLASS)] = Field(
        default="",
        description="Cloud KMS key that new disks are encrypted with; empty for Google's own. "
        "service-NUMBER@compute-system.iam.gserviceaccount.com must be allowed to use it.",
    )
    snapshot_location: Annotated[
        str,
        Field(pattern=rf"^({REGION}|[a-z]+)?$"),
        Allowed("empty, or a region or multi-region of Cloud Storage such as eu"),
        Changes("in place"),
    ] = Field(default="", description="Where snapshots are kept; empty for the multi-region around the stack's region.")
