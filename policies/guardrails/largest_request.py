"""What a vertical autoscaler may make a pod ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from guardrails import quantities
from guardrails.control import Placed, Unjudged
from guardrails.fields import Field
from guardrails.pods import pod_spec
from guardrails.resource import Resource
from guardrails.vertical_policies import ContainerPolicy, container_policies, policy_of


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container of the workload, its name, and the policy that the autoscaler has for it."""

    workload: Resource
    scaler: Resource
    field: Field
    name: str
    policy: ContainerPolicy

    def most(self, resource: str) -> Fraction | Placed | None:
        """Cores or bytes that the container may come to ask for: its maximum, or its request where nothing changes it.

        None where there is no maximum. A container that asks for nothing has its limit as its request, as Kubernetes
        defaults it, or else 0.
        """
        if resource in self.policy.controls:
            return _read(self.scaler, self.policy.maximum(resource))
        requested = _read(self.workload, self.field.at("resources", "requests", resource))
        if requested is not None:
            return requested
        limit = _read(self.workload, self.field.at("resources", "limits", resource))
        return Fraction(0) if limit is None else limit


def containers(scaler: Resource, workload: Resource) -> Iterator[Container | Placed]:
    """The containers of a workload's pods that run for good, or the fields that leave open what they are."""
    policies, spec = container_policies(scaler), pod_spec(workload)
    if isinstance(policies, Unjudged):
        yield scaler, policies
    elif spec is not None:
        fields = spec if isinstance(spec, Unjudged) else spec.at("containers")
        for field in [fields] if isinstance(fields, Unjudged) else fields.elements():
            name = _name(field)
            if isinstance(name, Unjudged):
                yield workload, name
            elif isinstance(field, Field):
                policy = policy_of(name, policies)
                yield Container(workload=workload, scaler=scaler, field=field, name=name, policy=policy)


def _name(container: Field | Unjudged) -> str | Unjudged:
    name = container if isinstance(container, Unjudged) else container.at("name")
    if isinstance(name, Unjudged):
        return name
    if isinstance(name.value, str):
        return name.value
    return name.malformed("a string")


def _read(resource: Resource, field: Field | Unjudged) -> Fraction | Placed | None:
    amount = field if isinstance(field, Unjudged) else quantities.read(field)
    return (resource, amount) if isinstance(amount, Unjudged) else amount
