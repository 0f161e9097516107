"""Pods that must not all go at once are covered by one disruption budget.

Decided: each StatefulSet needs one, also with one pod and with none at the moment, since scaling it up must not be what
takes the protection away; a Deployment needs one from two pods on. Two budgets over the same pods are a fault whatever
the number of pods: the eviction API then refuses, and no machine with such a pod can be drained.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.certainty import once
from guardrails.control import PRODUCTION, Finding, Parameters, Placed, Severity, Source, StackControl
from guardrails.disruption_budgets import Coverage
from guardrails.objects import long_running
from guardrails.plain import quoted
from guardrails.resource import Resource, Stack
from guardrails.scaling import Scaling

_PATH: Final = "spec.template.metadata.labels"
_ALLOWED: Final = "exactly one PodDisruptionBudget whose selector matches these labels, in the same namespace"


def judge(stack: Stack, _: Parameters) -> Iterator[Placed]:
    """One finding for each workload without a budget, or with several."""
    coverage, scaling = Coverage(stack=stack), Scaling(stack=stack)
    return once(outcome for workload in long_running(stack) for outcome in _judge(coverage, scaling, workload))


def _judge(coverage: Coverage, scaling: Scaling, workload: Resource) -> Iterator[Placed]:
    budgets = coverage.over(workload)
    beside = budgets.beside(workload)
    if len(beside) > 1:
        names = " and ".join(quoted(budget.name) for budget in beside)
        yield (
            workload,
            Finding(
                path=_PATH,
                found=f"labels that the PodDisruptionBudgets {names} all select, so that no pod can be evicted",
                allowed=_ALLOWED,
                fix="keep one of the budgets",
            ),
        )
    elif budgets.doubts:
        yield budgets.doubts[0]
    elif not budgets.sure:
        yield from _uncovered(scaling, workload)


def _uncovered(scaling: Scaling, workload: Resource) -> Iterator[Placed]:
    if workload.kind[1] == "Deployment":
        replicas = scaling.fewest_replicas(workload)
        if not isinstance(replicas, int):
            yield replicas
            return
        if replicas < 2:
            return
    yield (
        workload,
        Finding(
            path=_PATH,
            found="labels that no PodDisruptionBudget selects, so that a drain may take every pod at once",
            allowed=_ALLOWED,
            fix="declare a PodDisruptionBudget with maxUnavailable: 1 and the selector of the workload",
        ),
    )


CONTROL: Final = StackControl(
    id="workload-disruption-budget",
    title="Each StatefulSet and each Deployment of several pods is covered by exactly one disruption budget",
    reason=(
        'A budget "limits the number of Pods of a replicated application that are down simultaneously from voluntary '
        'disruptions", such as a drain for an upgrade. With more than one budget over a pod, the eviction API refuses '
        "to evict it at all."
    ),
    source=Source(
        title="Kubernetes documentation, Disruptions",
        url="https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets",
    ),
    severity=Severity.HIGH,
    levels=PRODUCTION,
    parameters=Parameters(),
    remediation=(
        "Declare one PodDisruptionBudget (policy/v1) in the namespace of the workload, with the workload's own "
        "selector, maxUnavailable: 1 and unhealthyPodEvictionPolicy: AlwaysAllow."
    ),
    judge=judge,
)
