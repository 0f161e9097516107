"""NetworkPolicies: a namespace denies everything, and beside that stands what its pods need.

GKE Dataplane V2 enforces them. No rule has to allow answers, nor traffic between a pod and its own machine: "Traffic to
and from the node where a Pod is running is always allowed", so that the kubelet's probes and `kubectl port-forward` get
through (https://kubernetes.io/docs/concepts/services-networking/network-policies/). Load balancers check a port of the
machine, not of the pod.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.labels import kubernetes_labels, selector_labels
from components.special_ranges import SPECIAL_IPV4

meta = kubernetes.meta.v1
networking = kubernetes.networking.v1

IngressRule = networking.NetworkPolicyIngressRuleArgs
EgressRule = networking.NetworkPolicyEgressRuleArgs

# Dataplane V2 sends what goes to kube-dns to the cache on the machine, and judges by where it arrives: at pods of its
# own or, where a pod asks the cache by its address, there.
# https://cloud.google.com/kubernetes-engine/docs/how-to/nodelocal-dns-cache
DNS_PODS = ("kube-dns", "node-local-dns")
DNS_CACHE = "169.254.20.10/32"

# With Dataplane V2; without, it would be 169.254.169.252 on 987 and 988. Google asks for both ports, or upgrades may
# interrupt workloads.
# https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
METADATA_SERVER = "169.254.169.254/32"
METADATA_PORTS = (80, 8080)

# Both kinds, private and restricted: which of them a name leads to is the network's to say.
# https://cloud.google.com/vpc/docs/configure-private-google-access#config-options
GOOGLE_APIS = ("199.36.153.4/30", "199.36.153.8/30")


def isolated(
    name: str,
    *,
    component: str,
    ingress: Sequence[IngressRule],
    egress: Sequence[EgressRule],
    parent: pulumi.Resource,
    namespace: kubernetes.core.v1.Namespace,
) -> list[pulumi.Resource]:
    """What workloads wait for, so that no pod ever runs without. The namespace is called like the component.

    The denial comes last and goes first: pods that run already are never without what they are allowed.
    """
    allowed = networking.NetworkPolicy(
        f"{name}-allowed",
        metadata=_metadata(component, component),
        spec=networking.NetworkPolicySpecArgs(
            pod_selector=meta.LabelSelectorArgs(match_labels=selector_labels(component)),
            policy_types=["Ingress", "Egress"],
            ingress=list(ingress),
            egress=list(egress),
        ),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[namespace]),
    )
    denied = networking.NetworkPolicy(
        f"{name}-default-deny",
        metadata=_metadata("default-deny", component),
        # Without both types written down a policy without rules denies ingress alone.
        spec=networking.NetworkPolicySpecArgs(
            pod_selector=meta.LabelSelectorArgs(), policy_types=["Ingress", "Egress"]
        ),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[allowed]),
    )
    return [allowed, denied]


def from_anywhere(port: int) -> IngressRule:
    """TCP from every address and every pod."""
    return IngressRule(ports=[_tcp(port)])


def from_namespaces(namespaces: Sequence[str], *ports: int) -> IngressRule:
    """TCP from every pod of these namespaces. ValueError without one: a rule from nobody would let everybody in."""
    if not namespaces or not ports:
        raise ValueError("an ingress rule without namespaces or without ports allows all of them")
    return IngressRule(from_=[_pods(namespace) for namespace in namespaces], ports=[_tcp(port) for port in ports])


def from_component(component: str, port: int) -> IngressRule:
    """TCP from the pods of a component in the namespace of its name."""
    return IngressRule(from_=[_pods(component, selector_labels(component))], ports=[_tcp(port)])


def to_component(component: str, *ports: int) -> EgressRule:
    """TCP to the pods of a component in the namespace of its name. ValueError without ports: all would be open."""
    if not ports:
        raise ValueError("an egress rule without ports allows all of them")
    return EgressRule(to=[_pods(component, selector_labels(component))], ports=[_tcp(port) for port in ports])


def to_dns() -> EgressRule:
    """DNS of the cluster, with or without the cache on each machine (NodeLocal DNSCache)."""
    pods = [_pods("kube-system", {"k8s-app": app}) for app in DNS_PODS]
    return EgressRule(
        to=[*pods, _addresses(DNS_CACHE)],
        ports=[networking.NetworkPolicyPortArgs(protocol=protocol, port=53) for protocol in ("UDP", "TCP")],
    )


def to_metadata_server() -> EgressRule:
    """The metadata server, which gives a pod the token of its own Google identity and no other."""
    return EgressRule(to=[_addresses(METADATA_SERVER)], ports=[_tcp(port) for port in METADATA_PORTS])


def to_google_apis() -> EgressRule:
    """HTTPS to the addresses that Google's APIs have inside the network (components/private_google_apis.py)."""
    return EgressRule(to=[_addresses(block) for block in GOOGLE_APIS], ports=[_tcp(443)])


def to_internet(ports: Sequence[int | tuple[int, int]], *, but: Sequence[str] = ()) -> EgressRule:
    """TCP to public IPv4 addresses `but` some, on single ports or on ranges of them, both ends included.

    The cluster is IPv4 only, so no IPv6 is opened. ValueError without ports: the rule would allow all of them.
    """
    if not ports:
        raise ValueError("an egress rule without ports allows all of them")
    return EgressRule(
        to=[_addresses("0.0.0.0/0", [*SPECIAL_IPV4, *but])],
        ports=[_tcp(*port) if isinstance(port, tuple) else _tcp(port) for port in ports],
    )


def _metadata(name: str, component: str) -> kubernetes.meta.v1.ObjectMetaArgs:
    # The namespace by name, not by its output: that one is unknown in a first preview, and policies see nothing.
    return meta.ObjectMetaArgs(name=name, namespace=component, labels=kubernetes_labels(component))


def _tcp(port: int, last: int | None = None) -> kubernetes.networking.v1.NetworkPolicyPortArgs:
    return networking.NetworkPolicyPortArgs(protocol="TCP", port=port, end_port=last)


def _pods(namespace: str, labels: dict[str, str] | None = None) -> kubernetes.networking.v1.NetworkPolicyPeerArgs:
    return networking.NetworkPolicyPeerArgs(
        # The label that every namespace has and nobody can take from another.
        namespace_selector=meta.LabelSelectorArgs(match_labels={"kubernetes.io/metadata.name": namespace}),
        pod_selector=meta.LabelSelectorArgs(match_labels=labels) if labels else None,
    )


def _addresses(range_: str, others: Sequence[str] = ()) -> kubernetes.networking.v1.NetworkPolicyPeerArgs:
    return networking.NetworkPolicyPeerArgs(ip_block=networking.IPBlockArgs(cidr=range_, except_=list(others) or None))
