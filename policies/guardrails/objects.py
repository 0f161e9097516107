"""What every Kubernetes object says of itself, and the few kinds that run pods for good."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.resource import Resource, Stack

DEFAULT_NAMESPACE = "default"


def object_name(resource: Resource) -> Field | Unjudged:
    """`metadata.name`; the value None where Pulumi or the API server makes one up."""
    return Field.root(resource).at("metadata", "name")


def namespace(resource: Resource) -> Field | Unjudged:
    """`metadata.namespace`, with the value `default` where it is absent, as kubectl has it."""
    field = Field.root(resource).at("metadata", "namespace")
    if isinstance(field, Field) and field.value in (None, ""):
        return Field(path=field.path, value=DEFAULT_NAMESPACE)
    return field


def stateful_sets(stack: Stack) -> tuple[Resource, ...]:
    """Every StatefulSet of the stack."""
    return stack.of_kind("apps", "StatefulSet")


def long_running(stack: Stack) -> Iterator[Resource]:
    """Every StatefulSet and Deployment of the stack: what has replicas and is meant to stay up."""
    yield from stateful_sets(stack)
    yield from stack.of_kind("apps", "Deployment")
