"""No Ingress and no Gateway publishes HTTP to the world: peers do not speak it, and RPC is not for strangers.

Decided: an Ingress is judged as GKE's controller reads it. The annotation `kubernetes.io/ingress.class` decides: `gce`
makes an external load balancer, `gce-internal` an internal one, and any other is another controller's. Without it GKE
takes those that have no `ingressClassName` either, and makes them external. Of Gateways, the classes of GKE that are
external are refused. Other controllers are entered through a Service of type LoadBalancer, which has a control of its
own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.conditions import holds, under
from guardrails.control import EVERYWHERE, Control, Finding, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource

_ANNOTATION: Final = "kubernetes.io/ingress.class"
_INGRESSES: Final = (("networking.k8s.io", "Ingress"), ("extensions", "Ingress"))
_GATEWAY: Final = ("gateway.networking.k8s.io", "Gateway")
# https://cloud.google.com/kubernetes-engine/docs/concepts/gateway-api#gatewayclass
_PREFIXES: Final = ("gke-", "asm-")
_EXTERNAL: Final = ("external", "gxlb")


def judge(resource: Resource, _: Parameters) -> Iterator[Finding | Unjudged]:
    """One finding for each object that makes GKE build an external load balancer for HTTP."""
    if resource.kind in _INGRESSES:
        yield from _ingress(resource)
    elif resource.kind == _GATEWAY:
        yield from _gateway(Field.root(resource).at("spec", "gatewayClassName"))


def _ingress(resource: Resource) -> Iterator[Finding | Unjudged]:
    class_ = Field.root(resource).at("metadata", "annotations", _ANNOTATION)
    if isinstance(class_, Unjudged):
        yield class_
    elif class_.value == "gce":
        yield _finding(class_.path, '"gce"', 'the annotation "gce-internal"')
    elif class_.value in (None, "") and not resource.is_patch:
        without_class = holds(Field.root(resource).at("spec", "ingressClassName"), None, "")
        found = 'no class, which means "gce",'
        yield from under([without_class], [_finding(class_.path, found, 'the annotation "gce-internal"')])


def _gateway(class_: Field | Unjudged) -> Iterator[Finding | Unjudged]:
    if isinstance(class_, Unjudged):
        yield class_
        return
    name = str(class_.value)
    if name.startswith(_PREFIXES) and any(word in name for word in _EXTERNAL):
        yield _finding(class_.path, quoted(name), 'an internal class, such as "gke-l7-rilb"')


def _finding(path: str, found: str, allowed: str) -> Finding:
    return Finding(
        path=path,
        found=f"{found} for which GKE makes an external load balancer",
        allowed=allowed,
        fix="remove it, or give it a class that is entered from the VPC alone",
    )


CONTROL: Final = Control(
    id="entry-not-public",
    title="No Ingress and no Gateway is entered from the internet",
    reason=(
        "Where no class is set, GKE's controller will \"process the Ingress manifest and create an external "
        'Application Load Balancer": whatever HTTP it leads to, RPC for one, is then on the internet.'
    ),
    source=Source(
        title="Google Cloud, GKE Ingress for Application Load Balancers",
        url="https://cloud.google.com/kubernetes-engine/docs/concepts/ingress",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Give an Ingress the annotation kubernetes.io/ingress.class: gce-internal and a Gateway the class gke-l7-rilb, "
        "or remove it. Who must reach RPC from outside comes in through the VPC."
    ),
    judge=judge,
)
