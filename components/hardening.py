"""What the cluster records, announces, encrypts and refuses, each as a pure function of the settings.

Everything is written out, also where it is Google's default today: what is left out is Google's to change, and comes
back as a difference that nobody made.
"""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from components.machines import NO_READONLY_PORT
from settings import ClusterSettings

container = gcp.container


def auto_provisioned_kubelets() -> container.ClusterNodePoolAutoConfigArgs:
    """Kubelets of auto-provisioned machines."""
    return container.ClusterNodePoolAutoConfigArgs(
        node_kubelet_config=container.ClusterNodePoolAutoConfigNodeKubeletConfigArgs(
            insecure_kubelet_readonly_port_enabled=NO_READONLY_PORT
        )
    )


def kubelets_of_new_pools() -> container.ClusterNodePoolDefaultsArgs:
    """Kubelets of pools that somebody adds by hand."""
    return container.ClusterNodePoolDefaultsArgs(
        node_config_defaults=container.ClusterNodePoolDefaultsNodeConfigDefaultsArgs(
            insecure_kubelet_readonly_port_enabled=NO_READONLY_PORT, logging_variant="DEFAULT"
        )
    )


def addons(settings: ClusterSettings) -> container.ClusterAddonsConfigArgs:
    """The disk driver, which the nodes cannot do without, the DNS cache, and the agent of Backup for GKE."""
    return container.ClusterAddonsConfigArgs(
        gce_persistent_disk_csi_driver_config=container.ClusterAddonsConfigGcePersistentDiskCsiDriverConfigArgs(
            enabled=True
        ),
        dns_cache_config=container.ClusterAddonsConfigDnsCacheConfigArgs(enabled=True),
        gke_backup_agent_config=container.ClusterAddonsConfigGkeBackupAgentConfigArgs(enabled=settings.backup_agent),
    )


# The order in which Google returns components, whatever the order they were given in:
# https://github.com/hashicorp/terraform-provider-google/issues/28688
LOG_ORDER = ("SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER")
METRIC_ORDER = (
    "SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER", "STORAGE", "HPA", "POD", "DAEMONSET",
    "DEPLOYMENT", "STATEFULSET", "CADVISOR", "KUBELET",
)  # fmt: skip


def logs(settings: ClusterSettings) -> container.ClusterLoggingConfigArgs:
    """Whose logs are kept."""
    return container.ClusterLoggingConfigArgs(enable_components=sorted(settings.log_components, key=LOG_ORDER.index))


def metrics(settings: ClusterSettings) -> container.ClusterMonitoringConfigArgs:
    """Whose metrics are kept, and Managed Service for Prometheus."""
    return container.ClusterMonitoringConfigArgs(
        enable_components=sorted(settings.metric_components, key=METRIC_ORDER.index),
        managed_prometheus=container.ClusterMonitoringConfigManagedPrometheusArgs(enabled=settings.managed_prometheus),
    )


def notifications(topic_id: pulumi.Input[str] | None) -> container.ClusterNotificationConfigArgs:
    """Upgrades and security bulletins to the topic; to nobody without one."""
    return container.ClusterNotificationConfigArgs(
        pubsub=container.ClusterNotificationConfigPubsubArgs(enabled=topic_id is not None, topic=topic_id)
    )


def secrets_encryption(key: pulumi.Input[str] | None) -> container.ClusterDatabaseEncryptionArgs:
    """Kubernetes Secrets encrypted with the key, on top of what Google does to all data at rest."""
    if key is None:
        return container.ClusterDatabaseEncryptionArgs(state="DECRYPTED")
    return container.ClusterDatabaseEncryptionArgs(state="ENCRYPTED", key_name=key)


def binary_authorization(settings: ClusterSettings) -> container.ClusterBinaryAuthorizationArgs:
    """The project's own policy, or none."""
    enforced = settings.binary_authorization == "enforced"
    return container.ClusterBinaryAuthorizationArgs(
        evaluation_mode="PROJECT_SINGLETON_POLICY_ENFORCE" if enforced else "DISABLED"
    )


def security_posture(settings: ClusterSettings) -> container.ClusterSecurityPostureConfigArgs:
    """Audits of workloads. Vulnerability scanning is another product by now: Google no longer has its basic form."""
    return container.ClusterSecurityPostureConfigArgs(
        mode=settings.security_posture.upper(), vulnerability_mode="VULNERABILITY_DISABLED"
    )


def secret_manager(settings: ClusterSettings) -> container.ClusterSecretManagerConfigArgs | None:
    """The driver that mounts secrets of Secret Manager.

    Left out where it is off: what Google answers for a cluster that never had it is not known here.
    """
    return container.ClusterSecretManagerConfigArgs(enabled=True) if settings.secret_manager else None
