"""What can be configured in a stack: typed, checked as a whole, and free of Pulumi."""

from settings.backup import BackupSettings
from settings.cluster import AutoProvisioningSettings, ClusterSettings, SystemPoolSettings
from settings.egress import EgressSettings
from settings.loading import SettingsError, load
from settings.machines import DiskType, FamilyName
from settings.maintenance import ExclusionSettings, MaintenanceSettings
from settings.mistakes import NAMESPACE, Mistake
from settings.network import NetworkSettings, SharedVpcSettings
from settings.node import NodeSettings, PortSettings
from settings.node_access import AccessSettings, DnsSettings
from settings.node_data import ArchiveSettings, NodeKeySettings, SnapshotSettings
from settings.stack import MachinesSettings, RecoverySettings, StackSettings
from settings.storage import StorageSettings
from settings.substrate import SubstrateSettings
from settings.vertical_autoscaling import ResourceSettings, VerticalAutoscalingSettings

__all__ = [
    "NAMESPACE",
    "AccessSettings",
    "ArchiveSettings",
    "AutoProvisioningSettings",
    "BackupSettings",
    "ClusterSettings",
    "DiskType",
    "DnsSettings",
    "EgressSettings",
    "ExclusionSettings",
    "FamilyName",
    "MachinesSettings",
    "MaintenanceSettings",
    "Mistake",
    "NetworkSettings",
    "NodeKeySettings",
    "NodeSettings",
    "PortSettings",
    "RecoverySettings",
    "ResourceSettings",
    "SettingsError",
    "SharedVpcSettings",
    "SnapshotSettings",
    "StackSettings",
    "StorageSettings",
    "SubstrateSettings",
    "SystemPoolSettings",
    "VerticalAutoscalingSettings",
    "load",
]
