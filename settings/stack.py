"""All settings of one stack."""

from __future__ import annotations

from pydantic import Field

from settings.cluster import ClusterSettings
from settings.egress import EgressSettings
from settings.fields import ProjectId, Region, Section
from settings.network import NetworkSettings
from settings.node import NodeSettings
from settings.storage import StorageSettings


class StackSettings(Section):
    """One file `Pulumi.<stack>.yaml`; every key is below `p2p-nodes:`."""

    project: ProjectId = Field(description="Google Cloud project that everything is created in.")
    region: Region = Field(default="europe-west1", description="Region of the network and the cluster.")
    network: NetworkSettings = Field(default_factory=NetworkSettings)
    cluster: ClusterSettings = Field(default_factory=ClusterSettings)
    storage: StorageSettings = Field(default_factory=StorageSettings)
    node: NodeSettings = Field(default_factory=NodeSettings)
    egress: EgressSettings = Field(default_factory=EgressSettings)
