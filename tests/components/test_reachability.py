"""The evaluator of NetworkPolicies, a case for each rule of their meaning."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.components.port_sets import EVERYTHING, NOTHING
from tests.components.reachability import Address, Cluster, End, OwnMachine, Pod, Policy, Port, reached

WEB = Pod(
    name="web",
    namespace="shop",
    labels={"app": "web", "tier": "front"},
    ports=(Port(name="http", number=8080), Port(name="dns", number=5353, protocol="UDP"), Port(name="old", number=80)),
    address="10.1.0.1",
)
STORE = Pod(name="store", namespace="shop", labels={"app": "store"}, ports=(Port(name="http", number=9000),))
OTHER = Pod(name="other", namespace="bank", labels={"app": "web"}, address="10.2.0.1")
PEER = Address(address="203.0.113.7")
PEER_V6 = Address(address="2001:db8::7")
NAMESPACES = {"shop": {"team": "red"}, "bank": {"team": "blue"}}
ALL_OF_WEB = {"matchLabels": {"app": "web"}}


def policy(namespace: str = "shop", **spec: Any) -> Policy:
    return {"metadata": {"namespace": namespace}, "spec": spec}


def lets_in(*rules: dict[str, Any]) -> Policy:
    return policy(podSelector=ALL_OF_WEB, policyTypes=["Ingress"], ingress=list(rules))


def lets_out(*rules: dict[str, Any]) -> Policy:
    return policy(podSelector=ALL_OF_WEB, policyTypes=["Egress"], egress=list(rules))


def block(cidr: str, *others: str) -> dict[str, Any]:
    return {"ipBlock": {"cidr": cidr, "except": list(others)}}


def names(**labels: str) -> dict[str, Any]:
    return {"matchLabels": labels}


def name(text: str) -> dict[str, Any]:
    return names(**{"kubernetes.io/metadata.name": text})


HTTP = [{"port": 80}]
CASES: dict[str, tuple[list[Policy], End, End, str]] = {
    "no policy at all": ([], PEER, WEB, "every port"),
    "no policy that selects the pod": ([policy(podSelector=names(app="store"))], PEER, WEB, "every port"),
    "a policy of another namespace": ([policy("bank", podSelector=ALL_OF_WEB)], PEER, WEB, "every port"),
    "selected, without a rule": ([policy(podSelector=ALL_OF_WEB)], PEER, WEB, "nothing"),
    "an empty selector is every pod": ([policy(podSelector={})], PEER, STORE, "nothing"),
    "no selector is every pod": ([policy()], PEER, STORE, "nothing"),
    "a selector by expression": (
        [policy(podSelector={"matchExpressions": [{"key": "tier", "operator": "Exists"}]})], PEER, WEB, "nothing",
    ),
    "an expression that does not hold": (
        [policy(podSelector={"matchExpressions": [{"key": "tier", "operator": "Exists"}]})], PEER, STORE, "every port",
    ),
    # policyTypes
    "by default ingress is denied": ([policy(podSelector={})], PEER, WEB, "nothing"),
    "by default egress is not": ([policy(podSelector={})], WEB, PEER, "every port"),
    "an empty list of types is none": ([policy(podSelector={}, policyTypes=[])], WEB, PEER, "every port"),
    "egress rules imply the type": ([policy(egress=[{"ports": HTTP}])], WEB, PEER, "TCP 80"),
    "and ingress with it": ([policy(egress=[{"ports": HTTP}])], PEER, WEB, "nothing"),
    "an empty list of egress rules implies nothing": ([policy(egress=[])], WEB, PEER, "every port"),
    "egress alone": ([policy(policyTypes=["Egress"])], PEER, WEB, "every port"),
    "egress alone, the other way": ([policy(policyTypes=["Egress"])], WEB, PEER, "nothing"),
    "rules of a type that is not named": (
        [policy(policyTypes=["Ingress"], egress=[{"ports": HTTP}])], WEB, PEER, "every port",
    ),
    # peers
    "an empty rule is everybody on every port": ([lets_in({})], PEER, WEB, "every port"),
    "an empty list of peers is everybody": ([lets_in({"from": [], "ports": HTTP})], PEER, WEB, "TCP 80"),
    "an empty list of destinations is all of them": ([lets_out({"to": []})], WEB, PEER, "every port"),
    "pods by label, of the own namespace": ([lets_in({"from": [{"podSelector": {}}]})], STORE, WEB, "every port"),
    "pods by label, not of another": ([lets_in({"from": [{"podSelector": ALL_OF_WEB}]})], OTHER, WEB, "nothing"),
    "pods by label are no addresses": ([lets_in({"from": [{"podSelector": {}}]})], PEER, WEB, "nothing"),
    "all pods of a namespace by label": (
        [lets_in({"from": [{"namespaceSelector": names(team="blue")}]})], OTHER, WEB, "every port",
    ),
    "not of a namespace without": (
        [lets_in({"from": [{"namespaceSelector": names(team="blue")}]})], STORE, WEB, "nothing",
    ),
    "a namespace by its name": ([lets_in({"from": [{"namespaceSelector": name("bank")}]})], OTHER, WEB, "every port"),
    "every namespace": ([lets_in({"from": [{"namespaceSelector": {}}]})], OTHER, WEB, "every port"),
    "every namespace holds no addresses": ([lets_in({"from": [{"namespaceSelector": {}}]})], PEER, WEB, "nothing"),
    "both in one peer must hold": (
        [lets_in({"from": [{"namespaceSelector": name("bank"), "podSelector": names(app="x")}]})],
        OTHER, WEB, "nothing",
    ),
    "both in one peer do hold": (
        [lets_in({"from": [{"namespaceSelector": name("bank"), "podSelector": ALL_OF_WEB}]})],
        OTHER, WEB, "every port",
    ),
    "in two peers one is enough": (
        [lets_in({"from": [{"namespaceSelector": name("bank")}, {"podSelector": names(app="x")}]})],
        OTHER, WEB, "every port",
    ),
    # blocks of addresses
    "a block": ([lets_out({"to": [block("203.0.113.0/24")]})], WEB, PEER, "every port"),
    "another block": ([lets_out({"to": [block("198.51.100.0/24")]})], WEB, PEER, "nothing"),
    "a block but some of it": ([lets_out({"to": [block("0.0.0.0/0", "203.0.113.0/28")]})], WEB, PEER, "nothing"),
    "a block but others of it": ([lets_out({"to": [block("0.0.0.0/0", "203.0.113.8/29")]})], WEB, PEER, "every port"),
    "excepted in one block, in the other not": (
        [lets_out({"to": [block("0.0.0.0/0", "203.0.113.0/24"), block("203.0.113.7/32")]})], WEB, PEER, "every port",
    ),
    "all of IPv4 is none of IPv6": ([lets_out({"to": [block("0.0.0.0/0")]})], WEB, PEER_V6, "nothing"),
    "all of IPv6": ([lets_out({"to": [block("::/0")]})], WEB, PEER_V6, "every port"),
    "a block that holds a pod": ([lets_out({"to": [block("10.2.0.0/16")]})], WEB, OTHER, "every port"),
    "a pod of unknown address is in no block": ([lets_out({"to": [block("0.0.0.0/0")]})], WEB, STORE, "nothing"),
    # ports
    "no ports are all of them": ([lets_in({"ports": []})], PEER, WEB, "every port"),
    "TCP unless said otherwise": ([lets_in({"ports": [{"port": 53}]})], PEER, WEB, "TCP 53"),
    "another protocol": ([lets_in({"ports": [{"protocol": "UDP", "port": 53}]})], PEER, WEB, "UDP 53"),
    "every port of a protocol": ([lets_in({"ports": [{"protocol": "SCTP"}]})], PEER, WEB, "SCTP 1-65535"),
    "a range has both its ends": ([lets_in({"ports": [{"port": 80, "endPort": 90}]})], PEER, WEB, "TCP 80-90"),
    "ports add up": ([lets_in({"ports": [{"port": 1}, {"port": 2, "endPort": 3}]})], PEER, WEB, "TCP 1-3"),
    "a named port is the pod's": ([lets_in({"ports": [{"port": "http"}]})], PEER, WEB, "TCP 8080"),
    "a named port of another protocol": ([lets_in({"ports": [{"port": "dns"}]})], PEER, WEB, "nothing"),
    "a name of its protocol": ([lets_in({"ports": [{"port": "dns", "protocol": "UDP"}]})], PEER, WEB, "UDP 5353"),
    "a name that the pod does not have": ([lets_in({"ports": [{"port": "rpc"}]})], PEER, WEB, "nothing"),
    "on the way out a name is the other pod's": ([lets_out({"ports": [{"port": "http"}]})], WEB, STORE, "TCP 9000"),
    "no address has names": ([lets_out({"ports": [{"port": "http"}]})], WEB, PEER, "nothing"),
    # several rules, several policies, two ends
    "ports belong to the peers of their rule": (
        [lets_in({"from": [block("198.51.100.0/24")], "ports": HTTP}, {"from": [{"podSelector": {}}]})],
        PEER, WEB, "nothing",
    ),
    "rules add up": ([lets_in({"ports": [{"port": 1}]}, {"ports": [{"port": 2}]})], PEER, WEB, "TCP 1-2"),
    "policies add up": ([lets_in({"ports": HTTP}), lets_in({"ports": [{"port": 90}]})], PEER, WEB, "TCP 80 90"),
    "a denial takes nothing away": ([policy(), lets_in({"ports": HTTP})], PEER, WEB, "TCP 80"),
    "a policy for the other direction adds nothing": ([lets_out({}), policy()], PEER, WEB, "nothing"),
    "both ends must allow": (
        [
            lets_out({"ports": [{"port": 80, "endPort": 90}]}),
            policy(podSelector=names(app="store"), ingress=[{"ports": [{"port": 90, "endPort": 99}]}]),
        ],
        WEB, STORE, "TCP 90",
    ),
    "the way out is closed": ([lets_out()], WEB, STORE, "nothing"),
    "the way in is closed": ([policy(podSelector=names(app="store"))], WEB, STORE, "nothing"),
    "an answer needs no rule": ([lets_out()], PEER, WEB, "every port"),
    # what no policy can forbid
    "from the machine of the pod": ([policy()], OwnMachine(), WEB, "every port"),
    "to the machine of the pod": ([lets_out()], WEB, OwnMachine(), "every port"),
    "to itself": ([policy(policyTypes=["Ingress", "Egress"])], WEB, WEB, "every port"),
    "addresses among themselves": ([policy()], PEER, PEER_V6, "every port"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_policies_mean(case: str) -> None:
    policies, source, destination, expected = CASES[case]
    assert str(reached(Cluster(policies=policies, namespaces=NAMESPACES), source, destination)) == expected


@pytest.mark.parametrize(
    "rule",
    [
        {"from": [{}]},
        {"from": [{"podSelector": {}, **block("0.0.0.0/0")}]},
        {"ports": [{"protocol": "ICMP"}]},
        {"ports": [{"port": "http", "endPort": 90}]},
        {"ports": [{"endPort": 90}]},
        {"ports": [{"port": 90, "endPort": 80}]},
        {"ports": [{"port": 0}]},
        {"from": [{"podSelector": {"matchExpressions": [{"key": "app", "operator": "Like"}]}}]},
    ],
)
def test_what_the_api_server_refuses_is_no_verdict(rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"the API server takes no such|are no ports"):
        reached(Cluster(policies=[lets_in(rule)]), STORE, WEB)


def test_nobody_gives_a_namespace_the_name_of_another() -> None:
    cluster = Cluster(
        policies=[lets_in({"from": [{"namespaceSelector": name("shop")}]})],
        namespaces={"bank": {"kubernetes.io/metadata.name": "shop"}},
    )
    assert reached(cluster, OTHER, WEB) == NOTHING


SELECTORS = st.sampled_from([{}, ALL_OF_WEB, names(app="store"), names(app="x")])
PEERS = st.one_of(
    st.builds(lambda one: {"podSelector": one}, SELECTORS),
    st.builds(lambda one: {"namespaceSelector": one}, st.sampled_from([{}, names(team="red"), name("bank")])),
    st.sampled_from([block("0.0.0.0/0"), block("10.0.0.0/8", "10.2.0.0/16")]),
)
PORTS = st.sampled_from([{"port": 80}, {"port": "http"}, {"port": 1, "endPort": 99}, {"protocol": "UDP"}])
RULES = st.builds(
    lambda peers, ports: {"from": peers, "to": peers, "ports": ports},
    st.lists(PEERS, max_size=2),
    st.lists(PORTS, max_size=2),
)
POLICIES = st.builds(
    lambda selector, ingress, egress: policy(
        podSelector=selector, policyTypes=["Ingress", "Egress"], ingress=ingress, egress=egress
    ),
    SELECTORS,
    st.lists(RULES, max_size=2),
    st.lists(RULES, max_size=2),
)
ENDS = st.sampled_from([WEB, STORE, OTHER, PEER])


@given(st.lists(POLICIES, max_size=3), POLICIES, ENDS, ENDS)
def test_policies_only_add_up(policies: list[Policy], one_more: Policy, source: End, destination: End) -> None:
    denied = Cluster(policies=[policy(policyTypes=["Ingress", "Egress"]), *policies], namespaces=NAMESPACES)
    before = reached(denied, source, destination)
    more = Cluster(policies=[one_more, *reversed(denied.policies)], namespaces=NAMESPACES)
    assert before & reached(more, source, destination) == before


@given(st.lists(POLICIES, max_size=3))
def test_where_no_policy_is_nothing_is_denied(policies: list[Policy]) -> None:
    assert reached(Cluster(policies=policies, namespaces=NAMESPACES), OTHER, PEER) == EVERYTHING
