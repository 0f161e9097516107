"""What can be configured in a stack: typed, checked as a whole, and free of Pulumi."""

from settings.backup import BackupSettings
from settings.cluster import AutoProvisioningSettings, ClusterSettings, SystemPoolSettings
from settings.egress import EgressSettings
from settings.loading import SettingsError, load
from settings.machines import DiskType, FamilyName
from settings.maintenance import ExclusionSettings, MaintenanceSettings
from settings.mistakes import NAMESPACE, Mistake
from settings.network import NetworkSettings, SharedVpcSettings
from settings.node import NodeSettings, PortSettings, ResourceSettings, VerticalAutoscalingSettings
from settings.stack import MachinesSettings, RecoverySettings, StackSettings
from settings.storage import StorageSettings

__all__ = [
    "NAMESPACE",
    "AutoProvisioningSettings",
    "BackupSettings",
    "ClusterSettings",
    "DiskType",
    "EgressSettings",
    "ExclusionSettings",
    "FamilyName",
    "MachinesSettings",
    "MaintenanceSettings",
    "Mistake",
    "NetworkSettings",
    "NodeSettings",
    "PortSettings",
    "RecoverySettings",
    "ResourceSettings",
    "SettingsError",
    "SharedVpcSettings",
    "StackSettings",
    "StorageSettings",
    "SystemPoolSettings",
    "VerticalAutoscalingSettings",
    "load",
]
