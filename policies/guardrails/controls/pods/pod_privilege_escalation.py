"""No process gains more privileges than its parent has. Absent means that it may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Unjudged
from guardrails.pod_security import container_settings, restricted, unless_windows
from guardrails.resource import Resource
from guardrails.scalars import boolean


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each container that does not forbid it."""
    return unless_windows(resource, _outcomes(resource))


def _outcomes(resource: Resource) -> Iterator[Outcome]:
    for setting in container_settings(resource, "allowPrivilegeEscalation"):
        value = boolean(setting)
        if isinstance(value, Unjudged):
            yield value
        elif value or (value is None and not resource.is_patch):
            yield Finding(
                path=setting.path,
                found="true" if value else "nothing, which means true",
                allowed="false",
                fix="set allowPrivilegeEscalation: false",
            )


CONTROL: Final = Control(
    id="pod-privilege-escalation",
    title="Containers forbid privilege escalation",
    reason='"Privilege escalation (such as via set-user-ID or set-group-ID file mode) should not be allowed."',
    source=restricted("allowPrivilegeEscalation"),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Set securityContext.allowPrivilegeEscalation to false in containers, init containers and ephemeral "
        "containers. A pod has no such setting for all of them."
    ),
    judge=judge,
)
