"""All settings of one stack."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from settings.backup import BackupSettings
from settings.cluster import ClusterSettings
from settings.egress import EgressSettings
from settings.fields import REGION, Allowed, Changes, ProjectId, Region, Section
from settings.machines import FamilyName
from settings.network import NetworkSettings
from settings.node import NodeSettings
from settings.regions import multi_region_of, partner_of, zones_of
from settings.storage import StorageSettings


def _not_empty(value: tuple[FamilyName, ...]) -> tuple[FamilyName, ...]:
    """Where `min_length` would also complain of a list whose only element is wrong."""
    if not value:
        raise ValueError("empty")
    return value


class MachinesSettings(Section):
    """The machines that workloads get from node auto-provisioning."""

    families: Annotated[
        tuple[FamilyName, ...],
        AfterValidator(_not_empty),
        Allowed(f"a list of at least one of {', '.join(get_args(FamilyName))}"),
        Changes("in place"),
    ] = Field(
        default=("e2", "n2d", "n2"),
        description="Machine families in order of preference; the next one is taken where one is out of stock. "
        "Disks that are there must fit the new families too.",
    )
    spot: Annotated[bool, Changes("in place")] = Field(
        default=False,
        description="Whether spot machines of every family are tried before others: cheaper, and gone at 30 seconds' "
        "notice, of which a node has 15 to close a database that may take 60. Not in production and recovery.",
    )


class RecoverySettings(Section):
    """What a recovery stack stands in for."""

    primary_region: Annotated[
        str,
        Field(pattern=rf"^({REGION})?$"),
        Allowed("empty, or the region of the production stack"),
        Changes("nothing"),
    ] = Field(default="", description="Region whose loss this stack makes up for; with environment recovery alone.")


class StackSettings(Section):
    """One file `Pulumi.<stack>.yaml`; every key is below `p2p-nodes:`."""

    project: Annotated[ProjectId, Changes("replaces the cluster")] = Field(
        description="Google Cloud project that everything is created in."
    )
    region: Annotated[Region, Changes("replaces the cluster")] = Field(
        default="europe-west1", description="Region of the network and the cluster."
    )
    environment: Annotated[
        Literal["development", "staging", "production", "recovery"], Changes("in place")
    ] = Field(
        default="production",
        description="What the stack is for; production and recovery insist on protection and encryption.",
    )  # fmt: skip
    labels: Annotated[dict[str, str], Allowed("a mapping of label to value"), Changes("in place")] = Field(
        default_factory=dict, description="Google Cloud labels for everything that takes them, beside the stack's own."
    )
    protect: Annotated[bool, Changes("nothing")] = Field(
        default=True,
        description="Whether Pulumi refuses to delete or replace the network, cluster, key and backup plan.",
    )
    accept_replacement: Annotated[
        tuple[Literal["cluster", "volumes", "keys", "databases"], ...], Changes("nothing")
    ] = Field(
        default=(),
        description="What the next update may replace or delete although data goes with it; take it out afterwards.",
    )
    network: NetworkSettings = Field(default_factory=NetworkSettings)
    machines: MachinesSettings = Field(default_factory=MachinesSettings)
    cluster: ClusterSettings = Field(default_factory=ClusterSettings)
    storage: StorageSettings = Field(default_factory=StorageSettings)
    backup: BackupSettings = Field(default_factory=BackupSettings)
    node: NodeSettings = Field(default_factory=NodeSettings)
    egress: EgressSettings = Field(default_factory=EgressSettings)
    recovery: RecoverySettings = Field(default_factory=RecoverySettings)

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones that machines and disks are in."""
        return self.cluster.zones or zones_of(self.region)

    @property
    def snapshot_location(self) -> str:
        """Where snapshots of volumes are kept."""
        return self.storage.snapshot_location or multi_region_of(self.region)

    @property
    def backup_location(self) -> str:
        """The region that backups are kept in; empty where none is given and none can be derived."""
        return self.backup.location or partner_of(self.region)
