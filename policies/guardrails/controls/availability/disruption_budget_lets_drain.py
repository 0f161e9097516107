"""A disruption budget slows a drain down, and never stops it.

Decided: budgets are judged by themselves (`maxUnavailable: 0`, `minAvailable: 100%`), and minAvailable against the sum
of the replicas of the Deployments and StatefulSets that the budget covers, which is how the disruption controller
counts. The percentages of both fields are rounded up, in `getExpectedPodCount` of Kubernetes v1.36.3. With neither
field the controller expects no pods and allows no eviction; with both the API server refuses the budget.

An absent unhealthyPodEvictionPolicy is IfHealthyBudget: then a pod that is not ready can be evicted only while enough
others are, so that a node which syncs for days blocks the drain of its machine for days.

There is no control that asks whether a budget covers anything: the pods of an operator or of another stack are not
among the resources, and a budget for them is in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.certainty import Sorted, once
from guardrails.control import (
    EVERYWHERE,
    Finding,
    Outcome,
    Parameters,
    Placed,
    Severity,
    Source,
    StackControl,
    Unjudged,
)
from guardrails.disruption_budgets import Coverage
from guardrails.fields import Field
from guardrails.int_or_percent import IntOrPercent, read
from guardrails.plain import quoted
from guardrails.resource import Resource, Stack
from guardrails.scaling import Scaling

_FIX: Final = "use maxUnavailable: 1, which holds for any number of pods"
_POLICY: Final = "unhealthyPodEvictionPolicy"


def judge(stack: Stack, _: Parameters) -> Iterator[Placed]:
    """One finding for each field that stops a drain."""
    coverage, scaling = Coverage(stack=stack), Scaling(stack=stack)
    return once(outcome for budget in coverage.budgets for outcome in _judge(coverage, scaling, budget))


def _judge(coverage: Coverage, scaling: Scaling, budget: Resource) -> Iterator[Placed]:
    spec = Field.root(budget).object_at("spec")
    if isinstance(spec, Unjudged):
        yield budget, spec
        return
    yield from _numbers(coverage, scaling, budget, spec)
    yield from ((budget, outcome) for outcome in _policy(spec.at(_POLICY)))


def _policy(policy: Field | Unjudged) -> Iterator[Outcome]:
    if isinstance(policy, Unjudged):
        yield policy
    elif policy.value != "AlwaysAllow":
        given = "no policy, which means IfHealthyBudget" if policy.value is None else quoted(policy.value)
        yield Finding(
            path=policy.path,
            found=f"{given}: a pod that is not ready may stop a drain",
            allowed="AlwaysAllow",
            fix=f"set {_POLICY}: AlwaysAllow",
        )


def _numbers(coverage: Coverage, scaling: Scaling, budget: Resource, spec: Field) -> Iterator[Placed]:
    fields = spec.at("maxUnavailable"), spec.at("minAvailable")
    for field in fields:
        if isinstance(field, Unjudged):
            yield budget, field
            return
    given = [field for field in fields if isinstance(field, Field) and field.value is not None]
    if len(given) != 1:
        yield (
            budget,
            Finding(
                path=given[0].path if given else f"{spec.path}.maxUnavailable",
                found="minAvailable as well, which the API server refuses"
                if given
                else "no number, which allows no eviction",
                allowed="exactly one of maxUnavailable and minAvailable",
                fix=_FIX,
            ),
        )
        return
    number = read(given[0])
    if isinstance(number, Unjudged):
        yield budget, number
    elif number is not None and given[0].path.endswith("maxUnavailable"):
        if number.number == 0:
            yield budget, _blocked(given[0], "which allows no eviction", "at least 1, or 1%")
    elif number is not None and number.number > 0:
        yield from _minimum(coverage.below[budget.urn], scaling, budget, given[0], number)


def _minimum(
    covered: Sorted, scaling: Scaling, budget: Resource, field: Field, minimum: IntOrPercent
) -> Iterator[Placed]:
    if minimum.is_percent and minimum.number >= 100:
        yield budget, _blocked(field, "which allows no eviction", "less than 100%")
        return
    pods = 0
    for workload in covered.beside(budget):
        replicas = scaling.fewest_replicas(workload)
        if not isinstance(replicas, int):
            yield replicas
            return
        pods += replicas
    if minimum.of(pods) < pods or not pods:
        return
    if covered.doubts:
        yield covered.doubts[0]
        return
    yield budget, _blocked(field, f"which of {pods} pods spares none for a drain", f"fewer than {pods} pods")


def _blocked(field: Field, why: str, allowed: str) -> Finding:
    return Finding(path=field.path, found=f"{quoted(field.value)}, {why}", allowed=allowed, fix=_FIX)


CONTROL: Final = StackControl(
    id="disruption-budget-lets-drain",
    title="Disruption budgets let a drain go on",
    reason=(
        '"If you set maxUnavailable to 0% or 0, or you set minAvailable to 100% or the number of replicas, you are '
        "requiring zero voluntary evictions. [...] If you try to drain a Node where an unevictable Pod is running, the "
        'drain never completes."'
    ),
    source=Source(
        title="Kubernetes documentation, Specifying a Disruption Budget for your Application",
        url="https://kubernetes.io/docs/tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Use maxUnavailable: 1, which needs no change when the number of pods does, and unhealthyPodEvictionPolicy: "
        "AlwaysAllow, so that a pod which is not ready, and may not be for days, does not hold its machine."
    ),
    judge=judge,
)
