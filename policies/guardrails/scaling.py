"""Autoscalers, and how many pods a workload has at least.

Only Kubernetes' own HorizontalPodAutoscaler is known. Where another controller sets the replicas, the program has to
declare how many it means at least.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from guardrails.control import Placed, Unjudged
from guardrails.fields import Field
from guardrails.object_addresses import Address, AddressBook, address, reference
from guardrails.plain import quoted
from guardrails.resource import Resource, Stack

HORIZONTAL = ("autoscaling", "HorizontalPodAutoscaler")
VERTICAL = ("autoscaling.k8s.io", "VerticalPodAutoscaler")

_GROUPS: Final[dict[str, str]] = {
    "CronJob": "batch",
    "DaemonSet": "apps",
    "Deployment": "apps",
    "Job": "batch",
    "ReplicaSet": "apps",
    "ReplicationController": "core",
    "StatefulSet": "apps",
}
"""The kinds that a vertical autoscaler finds without an apiVersion (pkg/target/fetcher.go of VPA 1.5.1)."""


def target(autoscaler: Resource) -> Address:
    """What an autoscaler of either kind scales."""
    if autoscaler.kind != VERTICAL:
        return reference(autoscaler, "spec", "scaleTargetRef")
    there = reference(autoscaler, "spec", "targetRef")
    kind = there.kind.value if isinstance(there.kind, Field) else None
    if isinstance(there.group, Field) and there.group.value is None and isinstance(kind, str):
        return replace(there, group=Field(path=there.group.path, value=_GROUPS.get(kind)))
    return there


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """The autoscalers of a stack."""

    stack: Stack

    @cached_property
    def vertical(self) -> tuple[Resource, ...]:
        """Every VerticalPodAutoscaler."""
        return self.stack.of_kind(*VERTICAL)

    @cached_property
    def vertical_by_target(self) -> AddressBook:
        """Every VerticalPodAutoscaler, to be found by what it scales."""
        return AddressBook(map(target, self.vertical))

    @cached_property
    def horizontal_by_target(self) -> AddressBook:
        """Every HorizontalPodAutoscaler, to be found by what it scales."""
        return AddressBook(map(target, self.stack.of_kind(*HORIZONTAL)))

    def fewest_replicas(self, workload: Resource) -> int | Placed:
        """The number of pods that a Deployment or StatefulSet has at least, in normal operation.

        A HorizontalPodAutoscaler's `minReplicas` where there is one, else `replicas`; 1 where that is absent.
        """
        counts = self.counting(workload)
        return counts if isinstance(counts, tuple) else _number(counts, counting_key(counts))

    def counting(self, workload: Resource) -> Resource | Placed:
        """Whoever says how many pods there are: the workload itself, or its HorizontalPodAutoscaler."""
        scalers = self.horizontal_by_target.at(address(workload))
        if scalers.doubts:
            return scalers.doubts[0]
        return next(iter(scalers.beside(workload)), workload)


def counting_key(resource: Resource) -> str:
    """The key below `spec` of the fewest pods."""
    return "minReplicas" if resource.kind == HORIZONTAL else "replicas"


def _number(resource: Resource, key: str) -> int | Placed:
    field = Field.root(resource).at("spec", key)
    if isinstance(field, Unjudged):
        return resource, field
    match field.value:
        case None:
            return 1
        case bool():
            pass
        case int() as number if number >= 0:
            return number
    return resource, Unjudged(path=field.path, reason=f"is {quoted(field.value)} where a number of pods is expected")
