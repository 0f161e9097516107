"""The kubelet refuses to start a container as root. Absent for pod and container alike means that it does not.

A container's own value goes before the pod's; an explicit false of the pod is refused even if every container says
true. Where it is set nowhere, one finding for the pod, since that is the one place to mend.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Unjudged
from guardrails.pod_security import restricted, security_settings, unless_in_user_namespace, unset_in
from guardrails.resource import Resource
from guardrails.scalars import boolean

_FIX: Final = "set securityContext.runAsNonRoot: true for the pod, and leave it out of the containers"


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each explicit false, one for a pod where it is neither set for all nor for each container."""
    return unless_in_user_namespace(resource, _outcomes(resource))


def _outcomes(resource: Resource) -> Iterator[Outcome]:
    settings = list(security_settings(resource, "runAsNonRoot"))
    for setting in settings:
        value = boolean(setting)
        if isinstance(value, Unjudged):
            yield value
        elif value is False:
            yield Finding(path=setting.path, found="false", allowed="true", fix=_FIX)
    missing = unset_in(settings[1:])
    if missing and not resource.is_patch and boolean(settings[0]) is None:
        yield Finding(
            path=settings[0].path,
            found=f"nothing, and nothing in {', '.join(missing)}",
            allowed="true, for the pod or for each container",
            fix=_FIX,
        )


CONTROL: Final = Control(
    id="pod-run-as-non-root",
    title="Containers must run as another user than root",
    reason=(
        '"Containers must be required to run as non-root users, unless the pod is in a user namespace '
        '("hostUsers: false")."'
    ),
    source=restricted("runAsNonRoot"),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Set securityContext.runAsNonRoot of the pod to true and runAsUser to a user that the image can run as. An "
        "image that insists on root runs with hostUsers: false, where its root is nobody on the node."
    ),
    judge=judge,
)
