"""No horizontal autoscaler works on what a vertical one changes.

Metrics of the types Resource and ContainerResource over cpu or memory are judged, and autoscaling/v1's
targetCPUUtilizationPercentage. Without any of them Kubernetes aims at 80% of the requested CPU, so an absent metric is
one over cpu. Pods, Object and External metrics do not depend on requests. A vertical autoscaler in the mode Off changes
nothing and has no rival.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.certainty import once
from guardrails.control import EVERYWHERE, Finding, Parameters, Placed, Severity, Source, StackControl, Unjudged
from guardrails.fields import Field
from guardrails.plain import Plain, quoted
from guardrails.resource import Resource, Stack
from guardrails.scaling import Scaling, target
from guardrails.vertical_policies import CONTROLLED, acts, container_policies, policy_of

_METRICS: Final = {"Resource": "resource", "ContainerResource": "containerResource"}


def judge(stack: Stack, _: Parameters) -> Iterator[Placed]:
    """One finding for each metric of a horizontal autoscaler over what a vertical one changes too."""
    scaling = Scaling(stack=stack)
    return once(outcome for scaler in scaling.vertical for outcome in _judge(scaling, scaler))


def _judge(scaling: Scaling, scaler: Resource) -> Iterator[Placed]:
    acting = acts(scaler)
    if acting is False:
        return
    rivals = scaling.horizontal_by_target.at(target(scaler))
    yield from rivals.doubts[:1]
    for rival in rivals.beside(scaler):
        found = list(_rivalry(scaler, rival))
        yield from [(scaler, acting)] if found and isinstance(acting, Unjudged) else found


def _rivalry(scaler: Resource, rival: Resource) -> Iterator[Placed]:
    metrics = list(_metrics(rival))
    for metric in metrics:
        if isinstance(metric, Unjudged):
            yield rival, metric
            continue
        field, resource, container = metric
        if resource not in CONTROLLED:
            continue
        controlled = _controls(scaler, resource, container)
        if isinstance(controlled, Unjudged):
            yield scaler, controlled
        elif controlled:
            yield rival, _finding(field, resource, scaler)


def _finding(field: Field, resource: Plain, scaler: Resource) -> Finding:
    meant = "no metric, which means cpu" if field.value in (None, []) else quoted(field.value)
    return Finding(
        path=field.path,
        found=f"{meant}, while the VerticalPodAutoscaler {quoted(scaler.name)} changes the requests for {resource}",
        allowed="a metric over what the vertical autoscaler does not control, or another kind of metric",
        fix="scale over another metric, or leave the resource out of the other's controlledResources",
    )


def _controls(scaler: Resource, resource: str, container: Plain) -> bool | Unjudged:
    """Whether the autoscaler changes a resource of the container, or of any where none is named."""
    policies = container_policies(scaler)
    if isinstance(policies, Unjudged):
        return policies
    if container is not None:
        return resource in policy_of(container, policies).controls
    # Containers that no policy names are not asked for: they may not exist.
    return any(resource in policy.controls for policy in policies or [policy_of(None, policies)])


Metric = tuple[Field, Plain, Plain]
"""The field that says it, the resource, and the container or None."""


def _metrics(rival: Resource) -> Iterator[Metric | Unjudged]:
    spec = Field.root(rival).object_at("spec")
    if isinstance(spec, Unjudged):
        yield spec
        return
    metrics, percentage = spec.at("metrics"), spec.at("targetCPUUtilizationPercentage")
    if isinstance(metrics, Unjudged):
        yield metrics
        return
    if isinstance(percentage, Unjudged):
        yield percentage
        return
    if percentage.value is not None:
        yield percentage, "cpu", None
    elif metrics.value is None or metrics.value == []:
        yield metrics, "cpu", None
    for metric in metrics.elements():
        yield from [metric] if isinstance(metric, Unjudged) else _metric(metric)


def _metric(metric: Field) -> Iterator[Metric | Unjudged]:
    type_ = metric.at("type")
    if isinstance(type_, Unjudged):
        yield type_
        return
    key = _METRICS.get(type_.value) if isinstance(type_.value, str) else None
    if key is None:
        return
    name, container = metric.at(key, "name"), metric.at(key, "container")
    if isinstance(name, Unjudged):
        yield name
    elif isinstance(container, Unjudged):
        yield container
    else:
        yield name, name.value, container.value


CONTROL: Final = StackControl(
    id="vertical-autoscaler-no-rival",
    title="No horizontal autoscaler scales over a resource that a vertical one changes",
    reason=(
        '"Vertical Pod Autoscaler should not be used with the Horizontal Pod Autoscaler (HPA) on the same resource '
        'metric (CPU or memory) at this moment": each changes what the other measures.'
    ),
    source=Source(
        title="Kubernetes Autoscaler, Vertical Pod Autoscaler, known limitations",
        url="https://github.com/kubernetes/autoscaler/blob/vertical-pod-autoscaler-1.5.1/vertical-pod-autoscaler/docs/known-limitations.md",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Let the horizontal autoscaler follow a metric of the application, or one resource (cpu) while "
        "controlledResources gives the vertical autoscaler the other (memory)."
    ),
    judge=judge,
)
