"""The cluster is private, hardened and protected."""

from __future__ import annotations

from typing import Any, Final

from guardrails.control import Rule
from guardrails.controls.cluster import (
    cluster_auto_provisioning_limits,
    cluster_backup_agent,
    cluster_binary_authorization,
    cluster_deletion_protection,
    cluster_maintenance_window,
    cluster_network_policies,
    cluster_no_legacy_auth,
    cluster_private_nodes,
    cluster_protect,
    cluster_release_channel,
    cluster_secure_boot,
    cluster_shielded_nodes,
    cluster_workload_identity,
    control_plane_closed,
    kubelet_port_closed,
    nodes_own_service_account,
)

CONTROLS: Final[tuple[Rule[Any], ...]] = (
    cluster_private_nodes.CONTROL,
    control_plane_closed.CONTROL,
    cluster_no_legacy_auth.CONTROL,
    cluster_network_policies.CONTROL,
    cluster_workload_identity.CONTROL,
    nodes_own_service_account.CONTROL,
    cluster_shielded_nodes.CONTROL,
    cluster_secure_boot.CONTROL,
    kubelet_port_closed.CONTROL,
    cluster_binary_authorization.CONTROL,
    cluster_auto_provisioning_limits.CONTROL,
    cluster_release_channel.CONTROL,
    cluster_maintenance_window.CONTROL,
    cluster_backup_agent.CONTROL,
    cluster_deletion_protection.CONTROL,
    cluster_protect.CONTROL,
)
