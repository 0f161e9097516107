"""Load balancers publish the p2p port and nothing else.

Decided: an internal load balancer of GKE, by class or else by annotation, is entered from the VPC alone and passes.
`loadBalancerSourceRanges` excuse nothing: they are kept by firewall rules that GKE writes, and this platform tells GKE
to write none (`disableL4LbFirewallReconciliation`). The number of the port inside the pod counts as well as the
published one, or RPC could be published as 30333; where both are wrong, that is one mistake. A name such as `p2p` is
not followed into the pods. SCTP is no protocol of peers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field as ParameterField

from guardrails.conditions import Condition, holds, under
from guardrails.control import EVERYWHERE, Control, Finding, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import Plain, quoted
from guardrails.port_ranges import listed
from guardrails.resource import Resource

# As GKE reads them, where there is no class (WantsL4ILB of k8s.io/ingress-gce, pkg/annotations/service.go): the first
# one that is there decides (GetLoadBalancerAnnotationType of k8s.io/cloud-provider-gcp, providers/gce).
_ANNOTATIONS: Final = ("networking.gke.io/load-balancer-type", "cloud.google.com/load-balancer-type")
_INTERNAL: Final = ("Internal", "internal")
_INTERNAL_CLASS: Final = "networking.gke.io/l4-regional-internal"


class LoadBalancerParameters(Parameters):
    """What may be published."""

    ports: list[int] = ParameterField(
        default=[30333], description="TCP and UDP ports that load balancers may publish: those that peers use."
    )


def judge(resource: Resource, parameters: LoadBalancerParameters) -> Iterator[Finding | Unjudged]:
    """One finding for each port, or its protocol, that has no business on a load balancer."""
    if resource.kind != ("core", "Service"):
        return
    spec = Field.root(resource).object_at("spec")
    if isinstance(spec, Unjudged):
        yield spec
        return
    conditions = [holds(spec.at("type"), "LoadBalancer"), *_external(resource, spec)]
    yield from under(conditions, _published(spec, parameters.ports))


def _external(resource: Resource, spec: Field) -> Iterator[Condition]:
    class_ = spec.at("loadBalancerClass")
    if isinstance(class_, Unjudged) or class_.value is not None:
        yield class_ if isinstance(class_, Unjudged) else class_.value != _INTERNAL_CLASS
        return
    annotations = Field.root(resource).object_at("metadata", "annotations")
    if isinstance(annotations, Unjudged):
        yield annotations
        return
    for annotation in _ANNOTATIONS:
        type_ = annotations.at(annotation)
        if isinstance(type_, Unjudged) or type_.value is not None:
            yield type_ if isinstance(type_, Unjudged) else type_.value not in _INTERNAL
            return


def _published(spec: Field, allowed: list[int]) -> Iterator[Finding | Unjudged]:
    ports = spec.at("ports")
    for element in [ports] if isinstance(ports, Unjudged) else ports.elements():
        port = element if isinstance(element, Unjudged) else element.object_at()
        if isinstance(port, Unjudged):
            yield port
            continue
        published = list(_number(port.at("port"), allowed))
        yield from published
        if not any(isinstance(outcome, Finding) for outcome in published):
            yield from _number(port.at("targetPort"), allowed)
        yield from _protocol(port.at("protocol"), allowed)


def _number(field: Field | Unjudged, allowed: list[int]) -> Iterator[Finding | Unjudged]:
    match field:
        case Unjudged():
            yield field
        case Field(value=None | str(), path=path) if field.value is None or path.endswith("targetPort"):
            return
        case Field(value=int() | float() as number) if not isinstance(number, bool):
            if number not in allowed:
                yield _finding(field.path, number, allowed)
        case _:
            yield field.malformed("a port")


def _protocol(field: Field | Unjudged, allowed: list[int]) -> Iterator[Finding | Unjudged]:
    if isinstance(field, Unjudged):
        yield field
    elif field.value not in (None, "TCP", "UDP"):
        yield _finding(field.path, field.value, allowed)


def _finding(path: str, value: Plain, allowed: list[int]) -> Finding:
    return Finding(
        path=path,
        found=f"{quoted(value)}, published to the world",
        allowed=f"TCP or UDP on {listed(allowed)}, where peers connect",
        fix="publish the p2p port alone; callers of RPC use a ClusterIP Service or an internal load balancer",
    )


CONTROL: Final = Control(
    id="load-balancer-p2p-only",
    title="Load balancers publish the p2p port and nothing else",
    reason=(
        '"Not all RPC methods are safe to be exposed publicly." A Service of type LoadBalancer publishes each of its '
        "ports to the internet unless it is marked as internal; peers need one of them."
    ),
    source=Source(
        title="Substrate, the option --rpc-external",
        url="https://docs.rs/sc-cli/latest/sc_cli/struct.RunCmd.html",
    ),
    severity=Severity.CRITICAL,
    levels=EVERYWHERE,
    parameters=LoadBalancerParameters(),
    remediation=(
        "Leave the p2p port alone on the Service of type LoadBalancer. RPC, WebSocket and metrics go through a "
        "ClusterIP Service, or through one of their own with the annotation networking.gke.io/load-balancer-type: "
        "Internal."
    ),
    judge=judge,
)
