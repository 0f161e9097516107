"""Containers are not privileged. Absent, as Kubernetes has it, means that they are not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Outcome, Parameters, Severity
from guardrails.pod_checks import not_true
from guardrails.pod_security import baseline, container_settings
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each privileged container."""
    for privileged in container_settings(resource, "privileged"):
        yield from not_true(
            privileged,
            found="true, which gives the container the node's devices and every capability",
            fix="remove the field; if one thing of the node is needed, ask for that alone",
        )


CONTROL: Final = Control(
    id="pod-privileged",
    title="Containers are not privileged",
    reason='"Privileged Pods disable most security mechanisms and must be disallowed."',
    source=baseline("privileged"),
    severity=Severity.CRITICAL,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Remove securityContext.privileged from containers, init containers and ephemeral containers.",
    judge=judge,
)
