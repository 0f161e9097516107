"""Every container has a seccomp profile, its own or the pod's. Which one is for pod-seccomp-profile to judge.

Absent means Unconfined, unless the kubelet runs with --seccomp-default. One finding for the pod, since that is the one
place to mend.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Unjudged
from guardrails.pod_security import restricted, security_settings, unless_windows, unset_in
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for a pod without a profile of its own if any container has none either."""
    return unless_windows(resource, _outcomes(resource))


def _outcomes(resource: Resource) -> Iterator[Outcome]:
    profiles = list(security_settings(resource, "seccompProfile"))
    if not profiles or resource.is_patch:
        return
    pod, *own = profiles
    unset = unset_in(own)
    if isinstance(pod, Unjudged):
        # With a profile in every container, the pod's is for none of them.
        if unset or not own or any(isinstance(one, Unjudged) for one in own):
            yield pod
    elif pod.value is None:
        yield from (one for one in own if isinstance(one, Unjudged))
        if unset:
            yield Finding(
                path=f"{pod.path}.type",
                found=f"nothing, and none in {', '.join(unset)}",
                allowed="RuntimeDefault or Localhost, for the pod or for each container",
                fix="set securityContext.seccompProfile.type of the pod to RuntimeDefault",
            )


CONTROL: Final = Control(
    id="pod-seccomp-profile-set",
    title="Every container has a seccomp profile",
    reason='"Seccomp profiles must be specified, and only runtime default and localhost profiles are allowed."',
    source=restricted("seccompProfile_restricted"),
    severity=Severity.MEDIUM,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Set securityContext.seccompProfile.type of the pod to RuntimeDefault.",
    judge=judge,
)
