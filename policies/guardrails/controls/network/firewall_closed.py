"""Firewalls let strangers reach the p2p port and nothing else, however the rule is written.

Decided:
- Strangers are a /8 of public IPv4 addresses or a /16 of public IPv6 addresses, in one range or in many
  (`guardrails.addresses`). No source at all is everybody, as the API has it.
- Only TCP and UDP have a p2p port. ICMP from everywhere is refused too: Google lets the replies and errors of open
  connections in by itself.
- A disabled rule passes: it is not enforced, and enabling it comes by here again. So do rules that deny. Priorities are
  not weighed: a rule that is shadowed today is one deletion from being in force.
- Firewall policies name sources by country, domain, tag, threat list and address group too. None of them is a range
  of addresses, and they are not judged. A policy's rule that applies a security profile group lets in what passes the
  inspection, so it opens as one that allows. One for traffic from inside networks alone (`srcNetworkScope`,
  `srcNetworkContext`) opens nothing to strangers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import Field as ParameterField

from guardrails.addresses import Range, is_world, parse
from guardrails.conditions import Condition, holds, negated, under
from guardrails.control import EVERYWHERE, Control, Finding, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted, type_name
from guardrails.port_ranges import listed, ports
from guardrails.resource import Resource

_FIREWALL: Final = "gcp:compute/firewall:Firewall"
_RULES: Final = (
    "gcp:compute/firewallPolicyRule:FirewallPolicyRule",
    "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule",
    "gcp:compute/regionNetworkFirewallPolicyRule:RegionNetworkFirewallPolicyRule",
)
_POLICIES: Final = (
    "gcp:compute/firewallPolicyWithRules:FirewallPolicyWithRules",
    "gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules",
    "gcp:compute/regionNetworkFirewallPolicyWithRules:RegionNetworkFirewallPolicyWithRules",
)
_OPENING_ACTIONS: Final = ("allow", "apply_security_profile_group")
_INSIDE: Final = ("INTRA_VPC", "VPC_NETWORKS", "NON_INTERNET")
_TCP_OR_UDP: Final = ("tcp", "6", "udp", "17")


class FirewallClosedParameters(Parameters):
    """What may be open."""

    ports: list[int] = ParameterField(
        default=[30333], description="TCP and UDP ports that everybody may reach: those that peers use."
    )


@dataclass(frozen=True, kw_only=True)
class _Names:
    """What one form of rule calls its fields."""

    ranges: str
    other_sources: tuple[str, ...]
    protocols: str
    protocol: str


_CLASSIC: Final = _Names(
    ranges="sourceRanges",
    other_sources=("sourceTags", "sourceServiceAccounts"),
    protocols="allows",
    protocol="protocol",
)
_MATCH: Final = _Names(
    ranges="srcIpRanges",
    other_sources=(
        "srcAddressGroups", "srcFqdns", "srcNetworks", "srcRegionCodes", "srcSecureTags", "srcThreatIntelligences",
    ),
    protocols="layer4Configs",
    protocol="ipProtocol",
)  # fmt: skip


def judge(resource: Resource, parameters: FirewallClosedParameters) -> Iterator[Finding | Unjudged]:
    """One finding for each protocol or port of a rule that strangers can reach and should not."""
    root = Field.root(resource)
    if resource.type == _FIREWALL:
        yield from _judge(root, root, _CLASSIC, [], parameters)
    elif resource.type in _RULES:
        yield from _policy_rule(root, parameters)
    elif resource.type in _POLICIES:
        rules = root.at("rules")
        for rule in [rules] if isinstance(rules, Unjudged) else rules.elements():
            yield from [rule] if isinstance(rule, Unjudged) else _policy_rule(rule, parameters)


def _policy_rule(rule: Field, parameters: FirewallClosedParameters) -> Iterator[Finding | Unjudged]:
    known = rule.object_at()
    if isinstance(known, Unjudged):
        yield known
        return
    action = holds(rule.at("action"), *_OPENING_ACTIONS)
    match = rule.object_at("match")
    if isinstance(match, Unjudged):
        yield from under([action, *_enforced(rule)], [match])
        return
    from_outside = [negated(holds(match.at(key), *_INSIDE)) for key in ("srcNetworkScope", "srcNetworkContext")]
    yield from _judge(rule, match, _MATCH, [action, *from_outside], parameters)


def _judge(
    rule: Field, match: Field, names: _Names, conditions: list[Condition], parameters: FirewallClosedParameters
) -> Iterator[Finding | Unjudged]:
    sources = _strangers(match, names)
    if sources is None:
        return
    conditions = [*conditions, *_enforced(rule), sources if isinstance(sources, Unjudged) else True]
    yield from under(conditions, _openings(match, names, str(sources), parameters))


def _enforced(rule: Field) -> list[Condition]:
    return [negated(holds(rule.at("direction"), "EGRESS")), negated(holds(rule.at("disabled"), True))]


def _strangers(match: Field, names: _Names) -> str | Unjudged | None:
    """Which strangers the sources let in; None if they let in none."""
    field = match.at(names.ranges)
    elements = [field] if isinstance(field, Unjudged) else list(field.elements())
    if not elements:
        others = [match.at(key) for key in names.other_sources]
        if any(isinstance(other, Field) and other.value not in (None, []) for other in others):
            return None
        return next((other for other in others if isinstance(other, Unjudged)), "everywhere, since no source is named")
    read = [_range(element) for element in elements]
    ranges = {one.path: parsed for one, parsed in read if parsed is not None}
    for path, one in ranges.items():
        if is_world([one]):
            return f"{one} ({path})"
    if is_world(ranges.values()):
        return f"the {len(ranges)} ranges that together are everywhere"
    return next((one for one, _ in read if isinstance(one, Unjudged)), None)


def _range(element: Field | Unjudged) -> tuple[Field | Unjudged, Range | None]:
    if isinstance(element, Unjudged):
        return element, None
    text = element.value
    if isinstance(text, str) and (parsed := parse(text)):
        return element, parsed
    found = quoted(text) if isinstance(text, str) else type_name(text)
    return Unjudged(path=element.path, reason=f"is {found} where a range of addresses is expected"), None


def _openings(
    match: Field, names: _Names, sources: str, parameters: FirewallClosedParameters
) -> Iterator[Finding | Unjudged]:
    allows = match.at(names.protocols)
    for allow in [allows] if isinstance(allows, Unjudged) else allows.elements():
        yield from [allow] if isinstance(allow, Unjudged) else _opened(allow, names, sources, parameters)


def _opened(
    allow: Field, names: _Names, sources: str, parameters: FirewallClosedParameters
) -> Iterator[Finding | Unjudged]:
    protocol = allow.at(names.protocol)
    if isinstance(protocol, Unjudged):
        yield protocol
        return
    if not isinstance(protocol.value, str | int) or isinstance(protocol.value, bool):
        reason = f"is {type_name(protocol.value)} where the name or number of a protocol is expected"
        yield Unjudged(path=protocol.path, reason=reason)
        return
    if str(protocol.value).lower() not in _TCP_OR_UDP:
        yield _finding(protocol, f"the protocol {quoted(protocol.value)}", sources, parameters)
        return
    ports = allow.at("ports")
    if isinstance(ports, Field) and ports.value in (None, []):
        yield _finding(ports, "no ports, which means all of them,", sources, parameters)
        return
    for port in [ports] if isinstance(ports, Unjudged) else ports.elements():
        yield from [port] if isinstance(port, Unjudged) else _port(port, sources, parameters)


def _port(port: Field, sources: str, parameters: FirewallClosedParameters) -> Iterator[Finding | Unjudged]:
    named = ports(port)
    if isinstance(named, Unjudged):
        yield named
    elif not set(named) <= set(parameters.ports):
        yield _finding(port, quoted(port.value), sources, parameters)


def _finding(field: Field, what: str, sources: str, parameters: FirewallClosedParameters) -> Finding:
    return Finding(
        path=field.path,
        found=f"{what} open to {sources}",
        allowed=f"TCP and UDP on {listed(parameters.ports)}, the ports of peers, and nothing else, from everywhere",
        fix="name only those ports, or only the sources that need more",
    )


CONTROL: Final = Control(
    id="firewall-closed",
    title="Firewalls let everybody reach the p2p port and nothing else",
    reason=(
        "Implement least-privilege principles: block all traffic by default and only allow the specific traffic you "
        "need, down to the protocols and ports."
    ),
    source=Source(
        title="Google Cloud, VPC firewall rules, Best practices",
        url="https://cloud.google.com/firewall/docs/firewalls#best_practices_for_firewall_rules",
    ),
    severity=Severity.CRITICAL,
    levels=EVERYWHERE,
    parameters=FirewallClosedParameters(),
    remediation=(
        "Open single TCP or UDP ports that peers use to 0.0.0.0/0 and ::/0, and nothing else: no protocol all, no list "
        "without ports, no range around the port. Everything else names its sources: a range of one's own, a service "
        "account or a tag. Machines are reached through Identity-Aware Proxy (35.235.240.0/20)."
    ),
    judge=judge,
)
