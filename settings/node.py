"""Settings of the p2p nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from settings.fields import NODES, Allowed, Changes, Image, Port, Section, Unit
from settings.node_access import AccessSettings, DnsSettings
from settings.node_data import NodeKeySettings, SnapshotSettings
from settings.substrate import SubstrateSettings
from settings.vertical_autoscaling import ResourceSettings, VerticalAutoscalingSettings

Profile = Literal["single-port", "two-port"]


class PortSettings(Section):
    """Ports that a node listens on inside its pod. Only p2p is published."""

    p2p: Annotated[Port, Changes(NODES)] = Field(
        default=30333, description="Port for peers, inside and outside the cluster."
    )
    rpc: Annotated[Port, Changes(NODES)] = Field(
        default=9944, description="Port of RPC; with profile two-port, of RPC by WebSocket."
    )
    http: Annotated[Port, Changes(NODES)] = Field(
        default=9933, description="Port of RPC by HTTP, and of the health; with profile two-port alone."
    )
    prometheus: Annotated[Port, Changes(NODES)] = Field(default=9615, description="Port of the metrics.")


class NodeSettings(Section):
    """The StatefulSet of p2p nodes."""

    image: Annotated[Image, Changes(NODES)] = Field(
        default="atactr/automata:contextfree-v0.1.0-rc4", description="Image of the node, with an immutable tag."
    )
    binary: Annotated[
        str,
        Field(pattern=r"^/[A-Za-z0-9_./-]+$"),
        Allowed("an absolute path"),
        Changes(NODES),
    ] = Field(
        default="/usr/local/bin/automata",
        description="The node's binary in the image, which is run without the image's start script.",
    )
    profile: Annotated[Profile, Changes(NODES)] = Field(
        default="two-port",
        description="What the binary knows: two-port for those before polkadot v0.9.43 (June 2023), whose RPC has one "
        "port for WebSocket and one for HTTP; single-port for those of mid 2024 and later, with /health/readiness.",
    )
    replicas: Annotated[int, Field(ge=1, le=1000), Unit("nodes"), Changes("in place")] = Field(
        default=2,
        description="Number of nodes, each with a disk, a name and an address of its own. Fewer of them: names and "
        "addresses of the last ones go, their disks stay.",
    )
    disk_gib: Annotated[int, Field(ge=10, le=65_536), Unit("GiB"), Changes("needs grow-disks")] = Field(
        default=50, description="Size of each node's SSD disk at /data."
    )
    exposure: Annotated[
        Literal["per-pod", "none"],
        Changes(f"deletes the DNS records, deletes the reserved addresses, {NODES}"),
    ] = Field(
        default="per-pod",
        description="Whether peers reach each node at a reserved address and a name of its own (which needs `dns`), or "
        "nodes only dial out.",
    )
    termination_grace_seconds: Annotated[int, Field(ge=61, le=3600), Unit("seconds"), Changes(NODES)] = Field(
        default=120, description="Time to close the database before the node is killed; it takes up to 60 seconds."
    )
    startup_minutes: Annotated[int, Field(ge=5, le=1440), Unit("minutes"), Changes(NODES)] = Field(
        default=60, description="Time to open or repair the database before a node that does not answer is restarted."
    )
    ports: PortSettings = Field(default_factory=PortSettings)
    substrate: SubstrateSettings = Field(default_factory=SubstrateSettings)
    node_key: NodeKeySettings = Field(default_factory=NodeKeySettings)
    snapshot: SnapshotSettings = Field(default_factory=SnapshotSettings)
    dns: DnsSettings = Field(default_factory=DnsSettings)
    access: AccessSettings = Field(default_factory=AccessSettings)
    resources: ResourceSettings = Field(default_factory=ResourceSettings)
    vertical_autoscaling: VerticalAutoscalingSettings = Field(default_factory=VerticalAutoscalingSettings)

    @property
    def listening(self) -> Mapping[str, int]:
        """The ports that a node of this profile listens on, by the names that its container gives them."""
        ports = self.ports
        http = {"http": ports.http} if self.profile == "two-port" else {}
        return {"p2p": ports.p2p, "rpc": ports.rpc, **http, "prometheus": ports.prometheus}

    @property
    def rpc_ports(self) -> tuple[str, ...]:
        """Names of those that serve RPC; the last one answers for the node's health."""
        return ("rpc", "http") if self.profile == "two-port" else ("rpc",)
