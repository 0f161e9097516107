"""What can be configured in a stack: typed, checked as a whole, and free of Pulumi."""

from settings.cluster import AutoProvisioningSettings, ClusterSettings, SystemPoolSettings
from settings.egress import EgressSettings
from settings.loading import SettingsError, load
from settings.machines import DISK_TYPE, MACHINE_FAMILY
from settings.mistakes import NAMESPACE, Mistake
from settings.network import NetworkSettings
from settings.node import NodeSettings, ResourceSettings, VerticalAutoscalingSettings
from settings.stack import StackSettings
from settings.storage import StorageSettings

__all__ = [
    "DISK_TYPE",
    "MACHINE_FAMILY",
    "NAMESPACE",
    "AutoProvisioningSettings",
    "ClusterSettings",
    "EgressSettings",
    "Mistake",
    "NetworkSettings",
    "NodeSettings",
    "ResourceSettings",
    "SettingsError",
    "StackSettings",
    "StorageSettings",
    "SystemPoolSettings",
    "VerticalAutoscalingSettings",
    "load",
]
