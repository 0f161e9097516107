"""Forwarding rules of Google Cloud publish the p2p port and nothing else.

The same rule as `load-balancer-p2p-only`, for load balancers that are declared without a Service. Decided: a
rule without `loadBalancingScheme` is an external one, as in the API. One without `ports`, `portRange` and `allPorts`
forwards every port. Forwarding of another protocol than TCP and UDP has no ports, and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field as ParameterField

from guardrails.conditions import under
from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.port_ranges import listed, ports
from guardrails.resource import Resource
from guardrails.scalars import boolean, text

_TYPES: Final = (
    "gcp:compute/forwardingRule:ForwardingRule",
    "gcp:compute/globalForwardingRule:GlobalForwardingRule",
)


class ForwardingRuleParameters(Parameters):
    """What may be published."""

    ports: list[int] = ParameterField(default=[30333], description="TCP and UDP ports that peers use.")


def judge(resource: Resource, parameters: ForwardingRuleParameters) -> Iterator[Outcome]:
    """One finding for each way in which an external rule forwards another port."""
    if resource.type in _TYPES:
        root = Field.root(resource)
        scheme = text(root.at("loadBalancingScheme"), absent="EXTERNAL")
        external = scheme if isinstance(scheme, Unjudged) else scheme.upper().startswith("EXTERNAL")
        yield from under([external], _published(root, parameters.ports))


def _published(root: Field, allowed: list[int]) -> Iterator[Outcome]:
    protocol = root.at("ipProtocol")
    named = text(protocol, absent="TCP")
    if isinstance(named, str) and named.upper() not in ("TCP", "UDP", "L3_DEFAULT") and isinstance(protocol, Field):
        yield _finding(protocol.path, f"the protocol {quoted(named)}", allowed)
        return
    everything = boolean(root.at("allPorts"), absent=False)
    if everything is True:
        yield _finding("allPorts", "every port", allowed)
        return
    fields = [field for field in _named(root) if isinstance(field, Unjudged) or field.value is not None]
    if not fields:
        yield (
            everything
            if isinstance(everything, Unjudged)
            else _finding("ports", "no ports, thus all of them,", allowed)
        )
    for field in fields:
        range_ = field if isinstance(field, Unjudged) else ports(field)
        if isinstance(range_, Unjudged):
            yield range_
        elif isinstance(field, Field) and not set(range_) <= set(allowed):
            yield _finding(field.path, quoted(field.value), allowed)


def _named(root: Field) -> Iterator[Field | Unjudged]:
    yield root.at("portRange")
    listed = root.at("ports")
    yield from [listed] if isinstance(listed, Unjudged) else listed.elements()


def _finding(path: str, what: str, allowed: list[int]) -> Finding:
    return Finding(
        path=path,
        found=f"{what} published to the world",
        allowed=f"TCP or UDP on {listed(allowed)}, where peers connect",
        fix="forward the p2p port alone; callers of RPC use the loadBalancingScheme INTERNAL",
    )


CONTROL: Final = Control(
    id="forwarding-rule-p2p-only",
    title="Forwarding rules publish the p2p port and nothing else",
    reason=(
        "An external forwarding rule gives its ports an address that the whole internet reaches; peers need one of "
        "them, and RPC behind the others is open to everybody."
    ),
    source=Source(
        title="Google Cloud, Forwarding rules overview",
        url="https://cloud.google.com/load-balancing/docs/forwarding-rule-concepts",
    ),
    severity=Severity.CRITICAL,
    levels=EVERYWHERE,
    parameters=ForwardingRuleParameters(),
    remediation=(
        "Name the p2p port in `ports` or `portRange` and no other, or make the rule internal (loadBalancingScheme "
        "INTERNAL or INTERNAL_MANAGED)."
    ),
    judge=judge,
)
