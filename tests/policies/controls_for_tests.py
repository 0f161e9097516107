"""Controls that a test writes itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from guardrails.control import (
    EVERYWHERE,
    Control,
    Finding,
    Level,
    Levels,
    Outcome,
    Parameters,
    Placed,
    Severity,
    Source,
    StackControl,
)
from guardrails.enforcement import Enforced
from guardrails.resource import Resource, Stack
from pydantic import Field

FINDING = Finding(path="spec.a", found="this", allowed="that", fix="change it")


class Limit(Parameters):
    """A parameter."""

    limit: int = Field(default=3, ge=1, description="How many, in pieces.")
    names: list[str] = Field(default=["a"], description="Which.")


def control(
    judge: Callable[[Resource, Any], Iterable[Outcome]],
    *,
    id_: str = "test-control",
    levels: Levels = EVERYWHERE,
    parameters: Parameters | None = None,
) -> Control[Any]:
    """A control over single resources."""
    return Control(
        id=id_,
        title="A title",
        reason="A reason.",
        source=Source(title="A source", url="https://example.com"),
        severity=Severity.LOW,
        levels=levels,
        remediation="A remedy.",
        parameters=parameters or Parameters(),
        judge=judge,
    )


def stack_control(
    judge: Callable[[Stack, Any], Iterable[Placed]], *, id_: str = "test-stack-control"
) -> StackControl[Any]:
    """A control over stacks."""
    return StackControl(
        id=id_,
        title="A title",
        reason="A reason.",
        source=Source(title="A source", url="https://example.com"),
        severity=Severity.LOW,
        levels=EVERYWHERE,
        remediation="A remedy.",
        parameters=Parameters(),
        judge=judge,
    )


def enforced(*rules: Control[Any] | StackControl[Any], level: Level = Level.MANDATORY) -> dict[str, Enforced]:
    """These controls, all at one level."""
    return {rule.id: Enforced(rule=rule, level=level, parameters=rule.parameters) for rule in rules}


def pod(name: str = "a", **props: Any) -> Resource:
    """A Pod with these properties."""
    type_ = "kubernetes:core/v1:Pod"
    return Resource(type=type_, name=name, urn=f"urn:pulumi:test::p2p-nodes::{type_}::{name}", props=props)
