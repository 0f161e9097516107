"""What the cluster's machines are like: those that node auto-provisioning makes, and those of the system pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi_gcp as gcp

from settings import AutoProvisioningSettings, ClusterSettings

IMAGE_TYPE = "COS_CONTAINERD"

# The kubelet's port 10255 answers anybody, without a question. Google wants the word as text.
NO_READONLY_PORT = "FALSE"

# Access is decided by the account's roles; scopes are the older mechanism and would only cut holes into them.
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]

# GKE's own pods tolerate this taint and workloads do not: they get machines of the right size instead of filling
# the small system pool.
SYSTEM_TAINT = gcp.container.NodePoolNodeConfigTaintArgs(
    key="components.gke.io/gke-managed-components", value="true", effect="NO_SCHEDULE"
)


def auto_provisioning(
    settings: AutoProvisioningSettings, account: str, zones: Sequence[str]
) -> gcp.container.ClusterClusterAutoscalingArgs:
    """Node auto-provisioning within the limits; every machine gets an SSD and the given service account.

    The ComputeClass decides families and boot disks of our own workloads; these defaults hold for everything that it
    does not say, and for pods without a class.
    """
    return gcp.container.ClusterClusterAutoscalingArgs(
        enabled=True,
        autoscaling_profile=settings.profile,
        auto_provisioning_locations=list(zones),
        resource_limits=[
            gcp.container.ClusterClusterAutoscalingResourceLimitArgs(
                resource_type="cpu", minimum=0, maximum=settings.max_cpu_cores
            ),
            gcp.container.ClusterClusterAutoscalingResourceLimitArgs(
                resource_type="memory", minimum=0, maximum=settings.max_memory_gb
            ),
        ],
        auto_provisioning_defaults=gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsArgs(
            disk_type=settings.boot_disk_type,
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
            upgrade_settings=_upgrades(settings),
        ),
    )


def _upgrades(
    settings: AutoProvisioningSettings,
) -> gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsUpgradeSettingsArgs:
    args = gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsUpgradeSettingsArgs
    if settings.upgrade_strategy == "surge":
        # Both default to 0, with which no machine can ever be upgraded.
        return args(strategy="SURGE", max_surge=1, max_unavailable=0)
    blue_green = gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsUpgradeSettingsBlueGreenSettingsArgs
    batches = gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsUpgradeSettingsBlueGreenSettingsStandardRolloutPolicyArgs  # noqa: E501 - the SDK's name
    return args(
        strategy="BLUE_GREEN",
        blue_green_settings=blue_green(
            # The old machines stay for an hour after the last pod moved: time to look and to go back.
            node_pool_soak_duration="3600s",
            standard_rollout_policy=batches(batch_node_count=1, batch_soak_duration="0s"),
        ),
    )


def system_pool_machines(
    settings: ClusterSettings, account: str, labels: Mapping[str, str]
) -> gcp.container.NodePoolNodeConfigArgs:
    """Machines of the system pool, as closed as those that auto-provisioning makes."""
    return gcp.container.NodePoolNodeConfigArgs(
        machine_type=settings.system_pool.machine_type,
        disk_type=settings.auto_provisioning.boot_disk_type,
        disk_size_gb=settings.auto_provisioning.boot_disk_gb,
        image_type=IMAGE_TYPE,
        service_account=account,
        oauth_scopes=SCOPES,
        taints=[SYSTEM_TAINT],
        resource_labels=labels,
        shielded_instance_config=gcp.container.NodePoolNodeConfigShieldedInstanceConfigArgs(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
        kubelet_config=gcp.container.NodePoolNodeConfigKubeletConfigArgs(
            insecure_kubelet_readonly_port_enabled=NO_READONLY_PORT
        ),
        workload_metadata_config=gcp.container.NodePoolNodeConfigWorkloadMetadataConfigArgs(mode="GKE_METADATA"),
    )
