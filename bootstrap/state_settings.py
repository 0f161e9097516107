"""What can be chosen about the state store. Its names follow from the project: whoever knows one finds the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from settings.fields import ProjectId, Section, Unit
from settings.loading import load_as

NAMESPACE = "p2p-nodes-bootstrap"
"""The name of this Pulumi project, and so the namespace of its keys."""
PLACE = "the command or bootstrap/Pulumi.PROJECT.yaml"
KEY_LOCATIONS: Mapping[str, str] = {"EU": "europe", "US": "us", "ASIA": "asia"}
"""Where Cloud KMS keeps keys for each of Cloud Storage's multi-regions: the two services name them differently."""
KEY_RING = "p2p-nodes"
KEY = "stack-secrets"


class HistorySettings(Section):
    """How far back a damaged or deleted state can be had again."""

    versions_kept: Annotated[int, Field(ge=10, le=10000), Unit("versions")] = Field(
        default=100, description="Older versions of each object that are kept, however old they are."
    )
    days_kept: Annotated[int, Field(ge=7, le=3650), Unit("days")] = Field(
        default=90, description="For so long after it was replaced a version is kept, however many there are."
    )
    soft_delete_days: Annotated[int, Field(ge=7, le=90), Unit("days")] = Field(
        default=30, description="For so long Cloud Storage can undo a deletion that took every version."
    )


class BootstrapSettings(Section):
    """Every key is below `p2p-nodes-bootstrap:`."""

    project: ProjectId = Field(description="Google Cloud project whose stacks keep their state there.")
    location: Literal["EU", "US", "ASIA"] = Field(
        default="EU", description="Multi-region of the bucket and of the key; cannot be changed later."
    )
    history: HistorySettings = Field(default_factory=HistorySettings)

    @property
    def bucket(self) -> str:
        """The bucket's name. Bucket names are unique among everybody's; a project id is too."""
        return f"{self.project}-pulumi-state"

    @property
    def key_ring_id(self) -> str:
        """`projects/P/locations/L/keyRings/R`."""
        return f"projects/{self.project}/locations/{KEY_LOCATIONS[self.location]}/keyRings/{KEY_RING}"

    @property
    def key_id(self) -> str:
        """`projects/P/locations/L/keyRings/R/cryptoKeys/K`."""
        return f"{self.key_ring_id}/cryptoKeys/{KEY}"


def load(config: Mapping[str, object]) -> BootstrapSettings:
    """Settings from the keys below `p2p-nodes-bootstrap:`, given without that prefix. Raises SettingsError."""
    return load_as(BootstrapSettings, config, namespace=NAMESPACE, place=PLACE)
