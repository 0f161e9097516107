"""/proc is masked even where the pod has users of its own. All other pods are for pod-proc-mount to judge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Outcome, Parameters, Severity
from guardrails.pod_checks import judge_proc_mounts
from guardrails.pod_security import in_user_namespace, restricted
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each container that sees all of /proc of a pod that has, or may have, users of its own."""
    if in_user_namespace(resource) is not False:
        yield from judge_proc_mounts(resource)


CONTROL: Final = Control(
    id="pod-proc-mount-masked",
    title="Containers see the masked /proc even where the pod has users of its own",
    reason=(
        "From 1.35 on, the check of baseline is relaxed for pods in a user namespace. The profile restricted keeps "
        '"running the unconditional block".'
    ),
    source=restricted("procMount_restricted"),
    severity=Severity.MEDIUM,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Remove securityContext.procMount from the containers.",
    judge=judge,
)
