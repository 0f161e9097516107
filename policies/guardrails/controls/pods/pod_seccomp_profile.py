"""A seccomp profile that is set confines. Whether one is set at all is for pod-seccomp-profile-set to find."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Outcome, Parameters, Severity
from guardrails.pod_checks import judge_profiles
from guardrails.pod_security import baseline
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each profile that does not confine, of the pod and of the containers alike."""
    return judge_profiles(resource, "seccompProfile")


CONTROL: Final = Control(
    id="pod-seccomp-profile",
    title="No seccomp profile is Unconfined",
    reason='"If seccomp profiles are specified, only runtime default and localhost profiles are allowed."',
    source=baseline("seccompProfile_baseline"),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Set securityContext.seccompProfile.type of the pod to RuntimeDefault, and remove it from containers.",
    judge=judge,
)
