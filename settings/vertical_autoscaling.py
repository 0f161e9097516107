"""Settings of the VerticalPodAutoscaler of the nodes, and of what a node asks for before it has learned."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from settings.fields import NODES, Allowed, Changes, Section, Unit

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

    enabled: Annotated[bool, Changes("in place")] = Field(
        default=True,
        description="Whether there is a VerticalPodAutoscaler. Without, nodes keep their requests until they restart.",
    )
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

    @property
    def moves(self) -> bool:
        """Whether requests ever change."""
        return self.enabled and self.mode != "Off"
