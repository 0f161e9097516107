"""How much node auto-provisioning may create in the stack's clusters."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, TypeAlias

from guardrails.clusters import CLUSTER
from guardrails.control import Placed, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource, Stack

Limits: TypeAlias = Mapping[str, Fraction]
"""The most of a resource, in cores and bytes. What is absent has no limit."""

# "GB" of memory are GiB to the cluster autoscaler (`maxMemoryTotal * units.GiB` in its main.go).
_UNITS: Final[dict[str, int]] = {"cpu": 1, "memory": 2**30}


def provisioning_limits(stack: Stack) -> Limits | Placed | None:
    """The most that one workload can get, or the field that leaves it open.

    None without a cluster, and where a cluster does without auto-provisioning: its node pools decide then. Of several
    clusters the larger limit counts, since nothing says which of them an object goes to.
    """
    found: list[Limits] = []
    for cluster in stack.of_type(CLUSTER):
        limits = _of(cluster)
        if not isinstance(limits, Mapping):
            return (cluster, limits) if limits else None
        found.append(limits)
    if not found:
        return None
    return {
        resource: max(limits[resource] for limits in found)
        for resource in _UNITS
        if all(resource in limits for limits in found)
    }


def _of(cluster: Resource) -> Limits | Unjudged | None:
    scaling = Field.root(cluster).object_at("clusterAutoscaling")
    if isinstance(scaling, Unjudged):
        return scaling
    enabled, entries = scaling.at("enabled"), scaling.at("resourceLimits")
    if isinstance(enabled, Unjudged):
        return enabled
    if enabled.value is not True:
        return None
    limits: dict[str, Fraction] = {}
    for entry in [entries] if isinstance(entries, Unjudged) else entries.elements():
        limit = entry if isinstance(entry, Unjudged) else _limit(entry)
        if isinstance(limit, Unjudged):
            return limit
        limits.update(limit)
    return limits


def _limit(entry: Field) -> Limits | Unjudged:
    resource, maximum = entry.at("resourceType"), entry.at("maximum")
    if isinstance(resource, Unjudged):
        return resource
    if isinstance(maximum, Unjudged):
        return maximum
    if not isinstance(resource.value, str) or resource.value not in _UNITS:
        return {}
    if isinstance(maximum.value, bool) or not isinstance(maximum.value, int):
        return Unjudged(path=maximum.path, reason=f"is {quoted(maximum.value)} where a number is expected")
    return {resource.value: Fraction(maximum.value * _UNITS[resource.value])}
