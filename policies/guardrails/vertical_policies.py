"""What a vertical autoscaler controls of each container.

Defaults as in pkg/apis/autoscaling.k8s.io/v1/types.go of VPA 1.5.1: containers without a policy of their own have that
of `*`, and without one of those CPU and memory are controlled with no maximum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.plain import Plain
from guardrails.resource import Resource

CONTROLLED: Final = ("cpu", "memory")
POLICIES: Final = "spec.resourcePolicy.containerPolicies"
_ANY: Final = "*"


@dataclass(frozen=True, kw_only=True)
class ContainerPolicy:
    """One policy: the container that it is for, or `*`, and the resources that are controlled."""

    container: str
    controls: frozenset[str]
    field: Field

    def maximum(self, resource: str) -> Field | Unjudged:
        """The field with the maximum of a resource; absent ones have the value None."""
        return self.field.at("maxAllowed", resource)


DEFAULT: Final = ContainerPolicy(container=_ANY, controls=frozenset(CONTROLLED), field=Field(path=POLICIES, value=None))


def acts(scaler: Resource) -> bool | Unjudged:
    """Whether the autoscaler changes pods: in every mode but `Off`."""
    mode = Field.root(scaler).at("spec", "updatePolicy", "updateMode")
    return mode if isinstance(mode, Unjudged) else mode.value != "Off"


def container_policies(scaler: Resource) -> tuple[ContainerPolicy, ...] | Unjudged:
    """All policies, or the first field that leaves open what they are."""
    field = Field.root(scaler).at("spec", "resourcePolicy", "containerPolicies")
    if isinstance(field, Unjudged):
        return field
    policies = [element if isinstance(element, Unjudged) else _policy(element) for element in field.elements()]
    unjudged = next((policy for policy in policies if isinstance(policy, Unjudged)), None)
    return unjudged or tuple(policy for policy in policies if isinstance(policy, ContainerPolicy))


def policy_of(container: Plain, policies: Sequence[ContainerPolicy]) -> ContainerPolicy:
    """The policy for a container of this name."""
    by_name = {policy.container: policy for policy in reversed(policies)}
    own = by_name.get(container) if isinstance(container, str) else None
    return own or by_name.get(_ANY, DEFAULT)


def _policy(element: Field) -> ContainerPolicy | Unjudged:
    name, mode = element.at("containerName"), element.at("mode")
    resources = element.at("controlledResources")
    if isinstance(name, Unjudged):
        return name
    if isinstance(mode, Unjudged):
        return mode
    if isinstance(resources, Unjudged):
        return resources
    if not isinstance(name.value, str):
        return name.malformed("a string")
    if mode.value == "Off":
        return ContainerPolicy(container=name.value, controls=frozenset(), field=element)
    controlled: list[str] = []
    for resource in resources.elements():
        if isinstance(resource, Unjudged):
            return resource
        if not isinstance(resource.value, str):
            return resource.malformed("a string")
        controlled.append(resource.value)
    controls = frozenset(CONTROLLED if resources.value is None else controlled)
    return ContainerPolicy(container=name.value, controls=controls, field=element)
