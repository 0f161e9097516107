"""What the cluster's machines are like: those that node auto-provisioning makes, and those of the system pool."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from settings import DISK_TYPE, MACHINE_FAMILY, AutoProvisioningSettings, ClusterSettings

IMAGE_TYPE = "COS_CONTAINERD"

# For every pod of ours: which family auto-provisioning takes by itself is Google's to change, and to one without
# Persistent Disk neither boot disks nor claims could be attached (settings/machines.py).
MACHINE_SELECTOR = {"cloud.google.com/machine-family": MACHINE_FAMILY}

# Access is decided by the account's roles; scopes are the older mechanism and would only cut holes into them.
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]

# GKE's own pods tolerate this taint and workloads do not: they get machines of the right size instead of filling
# the small system pool.
SYSTEM_TAINT = gcp.container.NodePoolNodeConfigTaintArgs(
    key="components.gke.io/gke-managed-components", value="true", effect="NO_SCHEDULE"
)


def auto_provisioning(
    settings: AutoProvisioningSettings, account: pulumi.Input[str]
) -> gcp.container.ClusterClusterAutoscalingArgs:
    """Node auto-provisioning within the limits; every machine gets an SSD and the given service account."""
    return gcp.container.ClusterClusterAutoscalingArgs(
        enabled=True,
        resource_limits=[
            gcp.container.ClusterClusterAutoscalingResourceLimitArgs(
                resource_type="cpu", minimum=0, maximum=settings.max_cpu_cores
            ),
            gcp.container.ClusterClusterAutoscalingResourceLimitArgs(
                resource_type="memory", minimum=0, maximum=settings.max_memory_gb
            ),
        ],
        auto_provisioning_defaults=gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsArgs(
            disk_type=DISK_TYPE,
            disk_size=settings.boot_disk_gb,
            image_type=IMAGE_TYPE,
            service_account=account,
            oauth_scopes=SCOPES,
            shielded_instance_config=gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsShieldedInstanceConfigArgs(
                enable_secure_boot=True, enable_integrity_monitoring=True
            ),
            management=gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsManagementArgs(
                auto_repair=True, auto_upgrade=True
            ),
            # Both default to 0, with which no machine can ever be upgraded.
            upgrade_settings=gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsUpgradeSettingsArgs(
                strategy="SURGE", max_surge=1, max_unavailable=0
            ),
        ),
    )


def system_pool_machines(
    settings: ClusterSettings, account: pulumi.Input[str], labels: dict[str, str]
) -> gcp.container.NodePoolNodeConfigArgs:
    """Machines of the system pool, as closed as those that auto-provisioning makes."""
    return gcp.container.NodePoolNodeConfigArgs(
        machine_type=settings.system_pool.machine_type,
        disk_type=DISK_TYPE,
        disk_size_gb=settings.auto_provisioning.boot_disk_gb,
        image_type=IMAGE_TYPE,
        service_account=account,
        oauth_scopes=SCOPES,
        taints=[SYSTEM_TAINT],
        resource_labels=labels,
        shielded_instance_config=gcp.container.NodePoolNodeConfigShieldedInstanceConfigArgs(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
        workload_metadata_config=gcp.container.NodePoolNodeConfigWorkloadMetadataConfigArgs(mode="GKE_METADATA"),
    )
