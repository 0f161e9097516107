"""The Pod Security Standards, one check a file: first those of *baseline*, then those that *restricted* adds."""

from __future__ import annotations

from typing import Any, Final

from guardrails.control import Rule
from guardrails.controls.pods import (
    namespace_enforces_restricted,
    pod_apparmor_profile,
    pod_capabilities_added,
    pod_capabilities_dropped,
    pod_host_namespaces,
    pod_host_path_volumes,
    pod_host_ports,
    pod_host_probes,
    pod_privilege_escalation,
    pod_privileged,
    pod_proc_mount,
    pod_proc_mount_masked,
    pod_run_as_non_root,
    pod_run_as_user,
    pod_seccomp_profile,
    pod_seccomp_profile_set,
    pod_selinux_options,
    pod_sysctls,
    pod_volume_types,
    pod_windows_host_process,
)

BASELINE: Final[tuple[Rule[Any], ...]] = (
    pod_privileged.CONTROL,
    pod_host_namespaces.CONTROL,
    pod_host_path_volumes.CONTROL,
    pod_host_ports.CONTROL,
    pod_host_probes.CONTROL,
    pod_capabilities_added.CONTROL,
    pod_seccomp_profile.CONTROL,
    pod_apparmor_profile.CONTROL,
    pod_selinux_options.CONTROL,
    pod_proc_mount.CONTROL,
    pod_sysctls.CONTROL,
    pod_windows_host_process.CONTROL,
)
RESTRICTED: Final[tuple[Rule[Any], ...]] = (
    pod_run_as_non_root.CONTROL,
    pod_run_as_user.CONTROL,
    pod_privilege_escalation.CONTROL,
    pod_capabilities_dropped.CONTROL,
    pod_seccomp_profile_set.CONTROL,
    pod_proc_mount_masked.CONTROL,
    pod_volume_types.CONTROL,
)
CONTROLS: Final[tuple[Rule[Any], ...]] = (*BASELINE, *RESTRICTED, namespace_enforces_restricted.CONTROL)
