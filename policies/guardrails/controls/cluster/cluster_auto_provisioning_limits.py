"""Node auto-provisioning is on, within limits on both CPU and memory.

Decided: it is off by default in Standard clusters. Autopilot provisions by itself and takes no limits: it passes. A
maximum of 0 is no limit but a stop, and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.clusters import CLUSTER, auto_provisioning, autopilot
from guardrails.conditions import unless
from guardrails.control import PRODUCTION, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource
from guardrails.scalars import text

_LIMITED: Final = ("cpu", "memory")


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding where it is off, for all limits that are missing, and for each that is none."""
    if resource.type == CLUSTER:
        root = Field.root(resource)
        yield from unless(autopilot(root), _judge(root))


def _judge(cluster: Field) -> Iterator[Outcome]:
    enabled = auto_provisioning(cluster)
    if isinstance(enabled, Unjudged):
        yield enabled
    elif enabled:
        yield from _limits(cluster.at("clusterAutoscaling", "resourceLimits"))
    else:
        yield Finding(
            path="clusterAutoscaling.enabled",
            found="node auto-provisioning is off",
            allowed="true, with a maximum for cpu and for memory",
            fix="turn it on, with the most that all machines of the cluster may have together",
        )


def _limits(limits: Field | Unjudged) -> Iterator[Outcome]:
    if isinstance(limits, Unjudged):
        yield limits
        return
    missing = set(_LIMITED)
    doubts: list[Unjudged] = []
    for limit in limits.elements():
        type_ = limit if isinstance(limit, Unjudged) else text(limit.at("resourceType"), absent="")
        if isinstance(type_, Unjudged):
            doubts.append(type_)
        elif type_ in _LIMITED and isinstance(limit, Field):
            missing.discard(type_)
            yield from _maximum(limit.at("maximum"))
    if missing and doubts:
        yield from doubts
    elif missing:
        yield Finding(
            path=limits.path,
            found=f"no limit for {' and '.join(sorted(missing))}",
            allowed="a maximum for cpu (cores) and for memory (GB)",
            fix="add what is missing; GKE refuses auto-provisioning without both",
        )


def _maximum(maximum: Field | Unjudged) -> Iterator[Outcome]:
    if isinstance(maximum, Unjudged):
        yield maximum
        return
    value = maximum.value
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        yield maximum.malformed("a number")
    elif value is None or value < 1:
        yield Finding(
            path=maximum.path,
            found=f"{quoted(value)}, with which nothing can be provisioned",
            allowed="a number of at least 1",
            fix="set the most that all machines of the cluster may have together",
        )


CONTROL: Final = Control(
    id="cluster-auto-provisioning-limits",
    title="Node auto-provisioning is on, with limits on CPU and memory",
    reason=(
        "Limits apply to all node pools of the cluster and are what stands between a workload that asks for too much "
        "and the bill. GKE needs both: without a maximum for cpu and for memory, node auto-provisioning does not work."
    ),
    source=Source(
        title="Google, Use node auto-provisioning",
        url="https://cloud.google.com/kubernetes-engine/docs/how-to/node-auto-provisioning",
    ),
    severity=Severity.MEDIUM,
    levels=PRODUCTION,
    parameters=Parameters(),
    remediation=(
        "Set clusterAutoscaling.enabled to true and give clusterAutoscaling.resourceLimits a maximum for cpu in cores "
        "and one for memory in GB, both counted over all machines of the cluster."
    ),
    judge=judge,
)
