"""Who reaches whom on which port, by the NetworkPolicies of a cluster as Kubernetes defines them.

The meaning is that of the comments in k8s.io/api v0.36.3, networking/v1/types.go, of `SetDefaults_NetworkPolicy` and
`ValidateNetworkPolicySpec` in k8s.io/kubernetes v1.36.3, and of
https://kubernetes.io/docs/concepts/services-networking/network-policies/, quoted where a rule is applied. Whether a
dataplane does the same is not shown here. Two things are left to it by those pages, and read like this:

- An `ipBlock` is held against the addresses of pods too. Cilium never does that, so it lets through the same or less.
- Services are looked through: a connection is one to the pod behind. Pods on the host's network are not described.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from ipaddress import ip_address, ip_network
from operator import or_
from typing import Any, TypeAlias

from guardrails.fields import Field
from guardrails.label_selectors import Undecided, matches

from tests.components.port_sets import EVERYTHING, NOTHING, PortSet, ports

Labels: TypeAlias = Mapping[str, str]
Policy: TypeAlias = Mapping[str, Any]
"""A manifest: `metadata.namespace` and `spec` are read."""


@dataclass(frozen=True, kw_only=True)
class Port:
    """A port that a container declares."""

    name: str
    number: int
    protocol: str = "TCP"


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A pod on the pod network. An address is given where an `ipBlock` could name it."""

    name: str
    namespace: str
    labels: Labels = field(default_factory=dict)
    ports: tuple[Port, ...] = ()
    address: str | None = None


@dataclass(frozen=True, kw_only=True)
class Address:
    """Whatever is no pod: a machine elsewhere, a peer, a service of Google's."""

    address: str


@dataclass(frozen=True, kw_only=True)
class OwnMachine:
    """The machine that the other end runs on."""


Party: TypeAlias = Pod | Address
End: TypeAlias = Party | OwnMachine


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Policies, and the labels of each namespace. Those that every namespace has by itself need not be given."""

    policies: Sequence[Policy]
    namespaces: Mapping[str, Labels] = field(default_factory=dict)

    def labels_of(self, namespace: str) -> Labels:
        """With the name, which the control plane sets on every namespace and resets where it is changed."""
        return {**self.namespaces.get(namespace, {}), "kubernetes.io/metadata.name": namespace}


def reached(cluster: Cluster, source: End, destination: End) -> PortSet:
    """The ports of `destination` that `source` can connect to.

    "For a connection from a source pod to a destination pod to be allowed, both the egress policy on the source pod and
    the ingress policy on the destination pod need to allow the connection."
    """
    # "Traffic to and from the node where a Pod is running is always allowed"; "A Pod cannot block access to itself".
    if isinstance(source, OwnMachine) or isinstance(destination, OwnMachine) or source == destination:
        return EVERYTHING
    outgoing = _let_through(cluster, source, destination, "Egress", destination)
    return outgoing & _let_through(cluster, destination, source, "Ingress", destination)


def _let_through(cluster: Cluster, pod: Party, other: Party, direction: str, destination: Party) -> PortSet:
    """What the policies of `pod` say about `other`; named ports are those of the `destination`.

    "By default, a pod is non-isolated": only what a policy selects for this direction is held to what they allow.
    Policies add up, and their order says nothing.
    """
    if not isinstance(pod, Pod):
        return EVERYTHING
    applied = [one for one in cluster.policies if _selects(one, pod) and direction in policy_types(one["spec"])]
    if not applied:
        return EVERYTHING
    return _union(
        _ports(rule.get("ports") or [], destination)
        for policy in applied
        for rule in policy["spec"].get(direction.lower()) or []
        if _peers(cluster, policy, rule.get("from" if direction == "Ingress" else "to") or [], other)
    )


def policy_types(spec: Mapping[str, Any]) -> list[str]:
    """Those written down; else Ingress, and Egress where there are rules for it."""
    return spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]


def _selects(policy: Policy, pod: Pod) -> bool:
    """Pods of its own namespace. "An empty podSelector selects all pods in the namespace", and so does none at all."""
    return policy["metadata"]["namespace"] == pod.namespace and _match(
        policy["spec"].get("podSelector") or {}, pod.labels
    )


def _peers(cluster: Cluster, policy: Policy, peers: Sequence[Mapping[str, Any]], other: Party) -> bool:
    """Any of them. "If this field is empty or missing, this rule matches all sources", or destinations."""
    return not peers or any(_peer(cluster, policy, peer, other) for peer in peers)


def _peer(cluster: Cluster, policy: Policy, peer: Mapping[str, Any], other: Party) -> bool:
    """A block of addresses, or pods: without a namespaceSelector those of the policy's own namespace."""
    block, pods, namespaces = (peer.get(key) for key in ("ipBlock", "podSelector", "namespaceSelector"))
    if (block is None) == (pods is None and namespaces is None):
        raise ValueError(f"the API server takes no such peer: {peer}")
    if block is not None:
        return _in_block(block, other.address)
    if not isinstance(other, Pod):
        return False
    if namespaces is None:
        there = other.namespace == policy["metadata"]["namespace"]
    else:
        there = _match(namespaces, cluster.labels_of(other.namespace))
    return there and (pods is None or _match(pods, other.labels))


def _in_block(block: Mapping[str, Any], address: str | None) -> bool:
    if address is None:
        return False
    inside = [ip_address(address) in ip_network(one) for one in (block["cidr"], *(block.get("except") or []))]
    return inside[0] and not any(inside[1:])


def _ports(given: Sequence[Mapping[str, Any]], destination: Party) -> PortSet:
    """All of them together. "If this field is empty or missing, this rule matches all ports"."""
    return _union(one for port in given for one in _port(port, destination)) if given else EVERYTHING


def _port(given: Mapping[str, Any], destination: Party) -> Iterator[PortSet]:
    """TCP unless said otherwise, every port of it unless one is given; a name is one of the pod's own."""
    protocol, port, last = given.get("protocol") or "TCP", given.get("port"), given.get("endPort")
    if last is not None and not isinstance(port, int):
        raise ValueError(f"the API server takes no such port: {given}")
    if port is None:
        yield ports(protocol)
    elif isinstance(port, int):
        yield ports(protocol, port, port if last is None else last)
    elif isinstance(destination, Pod):
        for one in destination.ports:
            if (one.name, one.protocol) == (port, protocol):
                yield ports(protocol, one.number, one.number)


def _union(sets: Iterator[PortSet]) -> PortSet:
    return reduce(or_, sets, NOTHING)


def _match(selector: Mapping[str, Any], labels: Labels) -> bool:
    found = matches(Field(path="selector", value=dict(selector)), Field(path="labels", value=dict(labels)))
    if isinstance(found, Undecided):
        raise ValueError(f"the API server takes no such selector: {selector}")  # noqa: TRY004 it is no type of its own
    return found
