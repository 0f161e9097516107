"""Settings of the Kubernetes cluster."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from settings.fields import Changes, MachineType, Range, Section, Unit, Zone
from settings.machines import DiskType
from settings.maintenance import MaintenanceSettings

MetricComponent = Literal[
    "SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER", "STORAGE", "HPA", "POD", "DAEMONSET",
    "DEPLOYMENT", "STATEFULSET", "KUBELET", "CADVISOR",
]  # fmt: skip
SYSTEM_POOL = "rolls the system pool"


class SystemPoolSettings(Section):
    """The small node pool that carries GKE's own pods; workloads get machines from node auto-provisioning."""

    machine_type: Annotated[MachineType, Changes(SYSTEM_POOL)] = Field(
        default="e2-standard-2", description="Machine type of the system pool, a standard or highmem."
    )
    machines_per_zone: Annotated[int, Field(ge=1, le=10), Unit("machines"), Changes("in place")] = Field(
        default=1, description="Machines of the system pool in each zone of the cluster."
    )


class AutoProvisioningSettings(Section):
    """What node auto-provisioning may create. Machines that are there stay as they are until they are upgraded."""

    max_cpu_cores: Annotated[int, Field(ge=4, le=100_000), Unit("cores"), Changes("in place")] = Field(
        default=64, description="CPU that all machines of the cluster together may have, the system pool's included."
    )
    max_memory_gb: Annotated[int, Field(ge=16, le=1_000_000), Unit("GB"), Changes("in place")] = Field(
        default=256,
        description="Memory that all machines of the cluster together may have, the system pool's included.",
    )
    boot_disk_type: Annotated[DiskType, Changes(SYSTEM_POOL)] = Field(
        default="pd-ssd", description="Boot disk of every machine; every family and the system pool must attach it."
    )
    boot_disk_gb: Annotated[int, Field(ge=30, le=65_536), Unit("GB"), Changes(SYSTEM_POOL)] = Field(
        default=100, description="Size of the boot disk of every machine."
    )
    profile: Annotated[Literal["BALANCED", "OPTIMIZE_UTILIZATION"], Changes("in place")] = Field(
        default="BALANCED",
        description="How eagerly machines are taken away: OPTIMIZE_UTILIZATION moves pods sooner.",
    )
    upgrade_strategy: Annotated[Literal["surge", "blue-green"], Changes("in place")] = Field(
        default="surge",
        description="How auto-provisioned machines are upgraded: one more at a time, or a second set beside the first.",
    )


class ClusterSettings(Section):
    """The control plane, who reaches it, and what it may grow to."""

    control_plane_access: Annotated[Literal["dns", "ip"], Changes("in place")] = Field(
        default="dns",
        description="How the Kubernetes API is reached: by its DNS name, guarded by IAM, or by its private address.",
    )
    external_access: Annotated[bool, Changes("in place")] = Field(
        default=False,
        description="The acknowledgement that the DNS name serves users, from any network: IAM decides which. "
        "Needed with dns, where it is the only way in; not with ip.",
    )
    authorized_networks: Annotated[tuple[Range, ...], Changes("in place")] = Field(
        default=(), description="Ranges that may reach the private address. Not with dns."
    )
    zones: Annotated[tuple[Zone, ...], Changes("in place")] = Field(
        default=(),
        description="Three zones of the region for machines and disks; none means its first three. "
        "Nodes whose disk is in a zone that is taken out stay pending.",
    )
    release_channel: Annotated[Literal["RAPID", "REGULAR", "STABLE", "EXTENDED"], Changes("in place")] = Field(
        default="REGULAR", description="GKE release channel that upgrades come from."
    )
    deletion_protection: Annotated[bool, Changes("in place")] = Field(
        default=True, description="Whether Google Cloud refuses to delete the cluster; turn it off before a destroy."
    )
    secrets_encryption: Annotated[bool, Changes("deletes the key")] = Field(
        default=True,
        description="Whether Kubernetes Secrets are encrypted with a Cloud KMS key of the stack's own. "
        "Turning it off takes the key away, which `accept_replacement` must allow.",
    )
    binary_authorization: Annotated[Literal["disabled", "enforced"], Changes("in place")] = Field(
        default="disabled", description="Whether the project's Binary Authorization policy decides what may run."
    )
    security_posture: Annotated[Literal["basic", "disabled"], Changes("in place")] = Field(
        default="basic", description="Whether GKE audits workloads against good practice and shows what it finds."
    )
    backup_agent: Annotated[bool, Changes("in place")] = Field(
        default=True, description="Whether Backup for GKE can back the cluster up and restore into it."
    )
    secret_manager: Annotated[bool, Changes("in place")] = Field(
        default=False,
        description="Whether GKE's driver mounts secrets of Secret Manager into pods, which `node.node_key` may need. "
        "Turn it off when no pod has any left: their volumes could not be taken off otherwise.",
    )
    managed_prometheus: Annotated[bool, Changes("in place")] = Field(
        default=True, description="Whether Google collects the metrics that pods are annotated or configured for."
    )
    log_components: Annotated[
        tuple[Literal["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER"], ...],
        Changes("in place"),
    ] = Field(default=("SYSTEM_COMPONENTS", "WORKLOADS"), description="Whose logs go to Cloud Logging.")
    metric_components: Annotated[
        tuple[MetricComponent, ...],
        Changes("in place"),
    ] = Field(
        default=("SYSTEM_COMPONENTS", "STORAGE", "POD", "STATEFULSET"),
        description="Whose metrics go to Cloud Monitoring.",
    )
    cost_allocation: Annotated[bool, Changes("in place")] = Field(
        default=True, description="Whether the bill shows costs by namespace and label."
    )
    upgrade_notifications: Annotated[bool, Changes("in place")] = Field(
        default=True, description="Whether upgrades and security bulletins are published to a Pub/Sub topic."
    )
    maintenance: MaintenanceSettings = Field(default_factory=MaintenanceSettings)
    system_pool: SystemPoolSettings = Field(default_factory=SystemPoolSettings)
    auto_provisioning: AutoProvisioningSettings = Field(default_factory=AutoProvisioningSettings)
