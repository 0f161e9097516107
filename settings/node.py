"""Settings of the p2p nodes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from settings.fields import Allowed, Changes, Image, Port, Section, Unit

NODES = "rolls the nodes"
Millicores = Annotated[int, Field(ge=10, le=256_000), Unit("millicores")]
Mebibytes = Annotated[int, Field(ge=64, le=4_000_000), Unit("MiB")]


class ResourceSettings(Section):
    """What a node asks for before the VerticalPodAutoscaler has learned what it needs."""

    cpu_millicores: Annotated[Millicores, Changes(NODES)] = Field(
        default=500, description="CPU request; there is no CPU limit."
    )
    memory_mib: Annotated[Mebibytes, Changes(NODES)] = Field(default=2048, description="Memory request.")
    memory_limit_mib: Annotated[Mebibytes, Changes(NODES)] = Field(
        default=4096, description="Memory limit; the autoscaler keeps its ratio to the request."
    )


class VerticalAutoscalingSettings(Section):
    """Bounds within which the VerticalPodAutoscaler sets the requests."""

    mode: Annotated[
        Literal["Recreate", "InPlaceOrRecreate", "Initial", "Off"],
        Allowed("Recreate, InPlaceOrRecreate, Initial or Off (Auto is deprecated since VPA 1.5 and meant Recreate)"),
        Changes("in place"),
    ] = Field(default="Recreate", description="How a new recommendation reaches a running node.")
    min_cpu_millicores: Annotated[Millicores, Changes("in place")] = Field(
        default=250, description="Lowest CPU request."
    )
    max_cpu_millicores: Annotated[Millicores, Changes("in place")] = Field(
        default=4000, description="Highest CPU request."
    )
    min_memory_mib: Annotated[Mebibytes, Changes("in place")] = Field(
        default=1024, description="Lowest memory request."
    )
    max_memory_mib: Annotated[Mebibytes, Changes("in place")] = Field(
        default=16384, description="Highest memory request."
    )


class PortSettings(Section):
    """Ports that the image listens on inside its pod. The default image takes no others: they go with `image`."""

    p2p: Annotated[Port, Changes(NODES)] = Field(default=30333, description="Port for peers, the only one published.")
    websocket: Annotated[Port, Changes(NODES)] = Field(default=9944, description="Port of RPC by WebSocket.")
    http: Annotated[Port, Changes(NODES)] = Field(default=9933, description="Port of RPC and health by HTTP.")


class NodeSettings(Section):
    """The StatefulSet of p2p nodes."""

    image: Annotated[Image, Changes(NODES)] = Field(
        default="atactr/automata:contextfree-v0.1.0-rc4", description="Image of the node, with an immutable tag."
    )
    replicas: Annotated[int, Field(ge=1, le=1000), Unit("nodes"), Changes("in place")] = Field(
        default=2, description="Number of nodes, each with a disk, a name and an address of its own."
    )
    disk_gib: Annotated[int, Field(ge=10, le=65_536), Unit("GiB"), Changes("replaces the nodes")] = Field(
        default=50, description="Size of each node's SSD disk at /data."
    )
    termination_grace_seconds: Annotated[int, Field(ge=61, le=3600), Unit("seconds"), Changes(NODES)] = Field(
        default=120, description="Time to close the database before the node is killed; it takes up to 60 seconds."
    )
    ports: PortSettings = Field(default_factory=PortSettings)
    resources: ResourceSettings = Field(default_factory=ResourceSettings)
    vertical_autoscaling: VerticalAutoscalingSettings = Field(default_factory=VerticalAutoscalingSettings)
