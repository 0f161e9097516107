"""Each StatefulSet has one vertical autoscaler.

Only the one whose targetRef is the StatefulSet counts. More than one is a fault, since "multiple VPA resources matching
the same pod have undefined behavior" (VPA 1.5.1, known limitations).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.certainty import once
from guardrails.control import PRODUCTION, Finding, Parameters, Placed, Severity, Source, StackControl
from guardrails.object_addresses import address
from guardrails.objects import stateful_sets
from guardrails.plain import quoted
from guardrails.resource import Resource, Stack
from guardrails.scaling import Scaling

_ALLOWED: Final = "exactly one VerticalPodAutoscaler in the same namespace whose targetRef is this StatefulSet"


def judge(stack: Stack, _: Parameters) -> Iterator[Placed]:
    """One finding for each StatefulSet without a vertical autoscaler, or with several."""
    scaling = Scaling(stack=stack)
    return once(outcome for workload in stateful_sets(stack) for outcome in _judge(scaling, workload))


def _judge(scaling: Scaling, workload: Resource) -> Iterator[Placed]:
    scalers = scaling.vertical_by_target.at(address(workload))
    beside = scalers.beside(workload)
    if len(beside) > 1:
        names = " and ".join(quoted(scaler.name) for scaler in beside)
        yield (
            workload,
            Finding(
                path="metadata.name",
                found=f"the target of the VerticalPodAutoscalers {names}",
                allowed=_ALLOWED,
                fix="keep one of them",
            ),
        )
    elif scalers.doubts:
        yield scalers.doubts[0]
    elif not scalers.sure:
        yield (
            workload,
            Finding(
                path="metadata.name",
                found="the target of no VerticalPodAutoscaler",
                allowed=_ALLOWED,
                fix="declare a VerticalPodAutoscaler (autoscaling.k8s.io/v1) with this StatefulSet as its targetRef",
            ),
        )


CONTROL: Final = StackControl(
    id="stateful-set-vertical-autoscaler",
    title="Each StatefulSet has exactly one vertical autoscaler",
    reason=(
        "The memory of a stateful node grows with its data, and a StatefulSet cannot be made larger by more pods. "
        '"Setting the right resource requests and limits for your workloads improves stability and cost efficiency"; '
        "a vertical autoscaler does that without benchmarks."
    ),
    source=Source(
        title="Google Cloud, Vertical Pod autoscaling",
        url="https://cloud.google.com/kubernetes-engine/docs/concepts/verticalpodautoscaler",
    ),
    severity=Severity.MEDIUM,
    levels=PRODUCTION,
    parameters=Parameters(),
    remediation=(
        "Declare one VerticalPodAutoscaler in the StatefulSet's namespace, with apiVersion apps/v1, kind StatefulSet "
        "and its name in targetRef, and with maxAllowed for each container."
    ),
    judge=judge,
)
