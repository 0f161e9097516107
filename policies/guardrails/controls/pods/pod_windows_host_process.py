"""Pods on Windows are no processes of the node. Absent, as Kubernetes has it, means that they are none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Outcome, Parameters, Severity
from guardrails.pod_checks import not_true
from guardrails.pod_security import baseline, security_settings
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each place that asks for a HostProcess container, the pod's and the containers' alike."""
    for host_process in security_settings(resource, "windowsOptions", "hostProcess"):
        yield from not_true(
            host_process,
            found="true, which runs the container as a process of the node",
            fix="remove the field",
        )


CONTROL: Final = Control(
    id="pod-windows-host-process",
    title="Pods on Windows do not run as processes of the node",
    reason='"Pod and containers must not set securityContext.windowsOptions.hostProcess to true."',
    source=baseline("windowsHostProcess"),
    severity=Severity.CRITICAL,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Remove securityContext.windowsOptions.hostProcess from the pod and from its containers.",
    judge=judge,
)
