"""Services are entered through a load balancer or from inside, never through the addresses of nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Finding | Unjudged]:
    """One finding for the type NodePort, and one for each external address."""
    if resource.kind != ("core", "Service"):
        return
    spec = Field.root(resource).object_at("spec")
    if isinstance(spec, Unjudged):
        yield spec
        return
    yield from _type(spec.at("type"))
    addresses = spec.at("externalIPs")
    for address in [addresses] if isinstance(addresses, Unjudged) else addresses.elements():
        yield address if isinstance(address, Unjudged) else _external_address(address)


def _type(type_: Field | Unjudged) -> Iterator[Finding | Unjudged]:
    if isinstance(type_, Unjudged):
        yield type_
    elif type_.value == "NodePort":
        yield Finding(
            path=type_.path,
            found='"NodePort", which opens a port on every node',
            allowed="ClusterIP, LoadBalancer or ExternalName",
            fix="use ClusterIP for callers inside the cluster, LoadBalancer for those outside",
        )


def _external_address(address: Field) -> Finding:
    return Finding(
        path=address.path,
        found=f"{quoted(address.value)}, an address that the Service claims by itself",
        allowed="no external addresses; the cloud assigns one to a LoadBalancer",
        fix="remove externalIPs and use the type LoadBalancer",
    )


CONTROL: Final = Control(
    id="service-not-through-nodes",
    title="Services are never entered through the addresses of nodes",
    reason=(
        "A node port is open on every node and passes by the load balancer and its firewall rules. Whoever may write "
        "externalIPs can intercept traffic to any address: CVE-2020-8554 has no fix but not to use them."
    ),
    source=Source(
        title="Kubernetes, CVE-2020-8554: Man in the middle using LoadBalancer or ExternalIPs",
        url="https://github.com/kubernetes/kubernetes/issues/97076",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Use ClusterIP for callers inside the cluster and LoadBalancer for those outside, and leave externalIPs out."
    ),
    judge=judge,
)
