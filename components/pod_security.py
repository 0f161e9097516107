"""What every pod of ours has in common so that the restricted Pod Security Standard accepts it."""

from __future__ import annotations

import pulumi_kubernetes as kubernetes

NAMESPACE_LABELS = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
}


def pod_security(user: int) -> kubernetes.core.v1.PodSecurityContextArgs:
    """Runs the pod as `user` and its group, and lets that group write to the pod's volumes."""
    return kubernetes.core.v1.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=user,
        run_as_group=user,
        fs_group=user,
        # Changing the owner of every file of a full database takes longer than a restart may.
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=kubernetes.core.v1.SeccompProfileArgs(type="RuntimeDefault"),
    )


def container_security() -> kubernetes.core.v1.SecurityContextArgs:
    """No capabilities, no way to gain any, nothing to write to but the mounted volumes."""
    return kubernetes.core.v1.SecurityContextArgs(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=kubernetes.core.v1.CapabilitiesArgs(drop=["ALL"]),
    )


def scratch(name: str) -> kubernetes.core.v1.VolumeArgs:
    """An empty folder that lives as long as the pod; a pod that fills it is evicted, not the machine."""
    return kubernetes.core.v1.VolumeArgs(
        name=name, empty_dir=kubernetes.core.v1.EmptyDirVolumeSourceArgs(size_limit="256Mi")
    )
