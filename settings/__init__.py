"""What can be configured in a stack: typed, checked as a whole, and free of Pulumi."""

from settings.cluster import AutoProvisioningSettings, ClusterSettings, SystemPoolSettings
from settings.egress import EgressSettings
from settings.loading import SettingsError, load
from settings.mistakes import NAMESPACE, Mistake
from settings.network import NetworkSettings
from settings.node import NodeSettings, PortSettings, ResourceSettings, VerticalAutoscalingSettings
from settings.stack import StackSettings
from settings.storage import StorageSettings

__all__ = [
    "NAMESPACE",
    "AutoProvisioningSettings",
    "ClusterSettings",
    "EgressSettings",
    "Mistake",
    "NetworkSettings",
    "NodeSettings",
    "PortSettings",
    "ResourceSettings",
    "SettingsError",
    "StackSettings",
    "StorageSettings",
    "SystemPoolSettings",
    "VerticalAutoscalingSettings",
    "load",
]
