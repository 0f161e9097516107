"""Pods set only sysctls that stay inside the pod. Names are compared letter by letter, with dots, as upstream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Unjudged
from guardrails.plain import quoted
from guardrails.pod_security import baseline
from guardrails.pods import elements_at, pod_spec
from guardrails.resource import Resource
from guardrails.scalars import text

_SAFE: Final = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
)


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each sysctl that is not known to be safe."""
    spec = pod_spec(resource)
    if spec is None:
        return
    for sysctl in elements_at(spec, "securityContext", "sysctls"):
        name = sysctl if isinstance(sysctl, Unjudged) else sysctl.at("name")
        value = text(name)
        if isinstance(value, Unjudged):
            yield value
        elif value not in _SAFE and not (value is None and resource.is_patch):
            yield Finding(
                path=name.path,
                found="nothing" if value is None else quoted(value),
                allowed=", ".join(_SAFE),
                fix="remove the sysctl, or set it for the whole node in the node pool's linuxNodeConfig",
            )


CONTROL: Final = Control(
    id="pod-sysctls",
    title="Pods set only sysctls that are safe",
    reason=(
        '"Sysctls can disable security mechanisms or affect all containers on a host, and should be disallowed except '
        'for an allowed \'safe\' subset." A safe one is "namespaced in the container or the Pod" and "isolated from '
        'other Pods or processes on the same Node."'
    ),
    source=baseline("sysctls"),
    severity=Severity.MEDIUM,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Remove the sysctl from securityContext.sysctls. Where a node's own setting must change, set it on the node "
        "pool, so that it is the same for every pod."
    ),
    judge=judge,
)
