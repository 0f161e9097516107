"""No pod asks for the user 0. Absent means the image's user, for pod-run-as-non-root to keep from being root."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Unjudged
from guardrails.pod_security import restricted, security_settings, unless_in_user_namespace
from guardrails.resource import Resource
from guardrails.scalars import integer


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each place that says 0, the pod's even if every container says something else."""
    return unless_in_user_namespace(resource, _outcomes(resource))


def _outcomes(resource: Resource) -> Iterator[Outcome]:
    for setting in security_settings(resource, "runAsUser"):
        user = integer(setting)
        if isinstance(user, Unjudged):
            yield user
        elif user == 0:
            yield Finding(
                path=setting.path,
                found="0, which is root",
                allowed="any other user, or none",
                fix="name a user that the image can run as, such as 65532",
            )


CONTROL: Final = Control(
    id="pod-run-as-user",
    title="Pods do not ask to run as root",
    reason='"Containers must not set runAsUser: 0 unless the pod is in a user namespace ("hostUsers: false")."',
    source=restricted("runAsUser"),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Set securityContext.runAsUser of the pod to a user that the image can run as, and fsGroup beside it.",
    judge=judge,
)
