"""/proc is masked, but where the pod has users of its own. Absent, as Kubernetes has it, means Default: masked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Outcome, Parameters, Severity
from guardrails.pod_checks import judge_proc_mounts
from guardrails.pod_security import baseline, unless_in_user_namespace
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each container that sees all of /proc."""
    return unless_in_user_namespace(resource, judge_proc_mounts(resource))


CONTROL: Final = Control(
    id="pod-proc-mount",
    title="Containers see the masked /proc, unless the pod has users of its own",
    reason=(
        '"The default /proc masks are set up to reduce attack surface, and should be required by the baseline policy '
        'unless the pod is in a user namespace ("hostUsers: false")."'
    ),
    source=baseline("procMount_baseline"),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Remove securityContext.procMount from the containers.",
    judge=judge,
)
