"""Settings of the volumes that nodes keep their database on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from settings.fields import Section


class StorageSettings(Section):
    """The SSD StorageClass."""

    reclaim_policy: Literal["Retain", "Delete"] = Field(
        default="Retain", description="What happens to a disk when its claim is deleted."
    )
