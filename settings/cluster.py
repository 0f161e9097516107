"""Settings of the Kubernetes cluster."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from settings.fields import MachineType, Range, Section, Unit


class SystemPoolSettings(Section):
    """The small node pool that carries GKE's own pods; workloads get machines from node auto-provisioning."""

    machine_type: MachineType = Field(
        default="e2-standard-2", description="Machine type of the system pool, an e2-standard or e2-highmem."
    )
    machines_per_zone: Annotated[int, Field(ge=1, le=10), Unit("machines")] = Field(
        default=1, description="Machines of the system pool in each zone of the region."
    )


class AutoProvisioningSettings(Section):
    """What node auto-provisioning may create."""

    max_cpu_cores: Annotated[int, Field(ge=4, le=100_000), Unit("cores")] = Field(
        default=64, description="CPU that all machines of the cluster together may have, the system pool's included."
    )
    max_memory_gb: Annotated[int, Field(ge=16, le=1_000_000), Unit("GB")] = Field(
        default=256,
        description="Memory that all machines of the cluster together may have, the system pool's included.",
    )
    boot_disk_gb: Annotated[int, Field(ge=30, le=65_536), Unit("GB")] = Field(
        default=100, description="Size of the pd-ssd boot disk of every machine."
    )


class ClusterSettings(Section):
    """The control plane, who reaches it, and what it may grow to."""

    control_plane_access: Literal["dns", "ip"] = Field(
        default="dns",
        description="How the Kubernetes API is reached: by its DNS name, guarded by IAM, or by its private address.",
    )
    external_access: bool = Field(
        default=False,
        description="Whether the DNS name answers outside Google Cloud; IAM still decides who gets in. Not with ip.",
    )
    authorized_networks: tuple[Range, ...] = Field(
        default=(), description="Ranges that may reach the private address. Not with dns."
    )
    release_channel: Literal["RAPID", "REGULAR", "STABLE", "EXTENDED"] = Field(
        default="REGULAR", description="GKE release channel that upgrades come from."
    )
    deletion_protection: bool = Field(
        default=True, description="Whether Google Cloud refuses to delete the cluster; turn it off before a destroy."
    )
    system_pool: SystemPoolSettings = Field(default_factory=SystemPoolSettings)
    auto_provisioning: AutoProvisioningSettings = Field(default_factory=AutoProvisioningSettings)
