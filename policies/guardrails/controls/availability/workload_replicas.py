"""A workload has enough pods to lose one.

`replicas` defaults to 1. Under a HorizontalPodAutoscaler its `minReplicas` counts instead, which defaults to 1 too.

Decided: an explicit 0 is a finding as any other number that is too small: it serves nobody. Whoever stops a workload on
purpose says so in an exemption with an end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field as Setting

from guardrails.certainty import once
from guardrails.control import (
    PRODUCTION,
    Environment,
    Finding,
    Parameters,
    Placed,
    Severity,
    Source,
    StackControl,
)
from guardrails.objects import long_running
from guardrails.resource import Stack
from guardrails.scaling import Scaling, counting_key


class Replicas(Parameters):
    """What can be set."""

    minimum: int = Setting(default=2, description="The fewest pods allowed of a Deployment or StatefulSet, as a number")


def judge(stack: Stack, parameters: Replicas) -> Iterator[Placed]:
    """One finding for each workload with too few pods."""
    return once(_judge(stack, parameters))


def _judge(stack: Stack, parameters: Replicas) -> Iterator[Placed]:
    scaling = Scaling(stack=stack)
    for workload in long_running(stack):
        replicas = scaling.fewest_replicas(workload)
        counting = scaling.counting(workload)
        if not isinstance(replicas, int):
            yield replicas
        elif replicas < parameters.minimum and not isinstance(counting, tuple):
            finding = Finding(
                path=f"spec.{counting_key(counting)}",
                found=f"{replicas} at least" if replicas else "0, which serves nobody",
                allowed=f"at least {parameters.minimum}",
                fix="run more pods, spread over machines",
            )
            yield counting, finding


CONTROL: Final = StackControl(
    id="workload-replicas",
    title="Workloads have enough pods to lose one",
    reason=(
        '"Replicate your application if you need higher availability." Machines are upgraded, repaired and moved all '
        "the time, and more than one pod is what keeps the service up meanwhile."
    ),
    source=Source(
        title="Kubernetes documentation, Disruptions, Dealing with disruptions",
        url="https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#dealing-with-disruptions",
    ),
    severity=Severity.MEDIUM,
    levels=PRODUCTION,
    parameters=Replicas(),
    relaxed={Environment.DEVELOPMENT: Replicas(minimum=1)},
    remediation="Run at least two pods, spread over machines or zones.",
    judge=judge,
)
