"""What the declared NetworkPolicies let through, by a reading of them as Kubernetes defines it: they only add up."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.egress_proxy import EgressProxy, EgressProxyArgs
from components.p2p_node import P2PNode, P2PNodeArgs
from components.private_ranges import PRIVATE_IPV4
from settings import EgressSettings, NodeSettings
from settings.node import PortSettings
from tests.components.platforms import MACHINES, PLATFORM
from tests.program_mocks import Registered, World, run

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
NODE, PROXY = "p2p-node", "egress-proxy"
NODES = {"app.kubernetes.io/name": NODE, "app.kubernetes.io/component": NODE}
PROXIES = {"app.kubernetes.io/name": PROXY, "app.kubernetes.io/component": PROXY}


@cache
def world() -> World:
    def program() -> None:
        EgressProxy(
            PROXY,
            EgressProxyArgs(
                platform=PLATFORM,
                machines=MACHINES,
                clients=[IPv4Network("10.64.0.0/14")],
                client_namespaces=[NODE, "explorer"],
                settings=EgressSettings(port=3129),
            ),
        )
        P2PNode(
            NODE,
            P2PNodeArgs(
                platform=PLATFORM,
                machines=MACHINES,
                storage_class="ssd",
                environment={},
                settings=NodeSettings(ports=PortSettings(p2p=30444)),
            ),
        )

    return run(program)


def policies(namespace: str) -> list[Registered]:
    return [one for one in world().of_type(POLICY) if one.inputs["metadata"]["namespace"] == namespace]


def rules(namespace: str, direction: str) -> Iterator[dict[str, Any]]:
    for policy in policies(namespace):
        assert policy.inputs["spec"]["policyTypes"] == ["Ingress", "Egress"]
        yield from policy.inputs["spec"].get(direction) or []


def open_port(rule: dict[str, Any], protocol: str, port: int) -> bool:
    return "ports" not in rule or any(
        one["protocol"] == protocol and one["port"] <= port <= one.get("endPort", one["port"]) for one in rule["ports"]
    )


def pods_match(peer: dict[str, Any], namespace: str, labels: dict[str, str]) -> bool:
    selector = peer.get("namespaceSelector", {}).get("matchLabels", {})
    wanted = peer.get("podSelector", {}).get("matchLabels", {})
    return bool(selector == {"kubernetes.io/metadata.name": namespace} and wanted.items() <= labels.items())


def address_matches(peer: dict[str, Any], address: str) -> bool:
    block = peer.get("ipBlock")
    inside = IPv4Address(address)
    return block is not None and inside in IPv4Network(block["cidr"]) and not any(
        inside in IPv4Network(one) for one in block.get("except", [])
    )  # fmt: skip


def goes_out(namespace: str, address: str, port: int, protocol: str = "TCP") -> bool:
    return any(
        open_port(rule, protocol, port) and any(address_matches(peer, address) for peer in rule["to"])
        for rule in rules(namespace, "egress")
    )


def reaches(namespace: str, other: str, labels: dict[str, str], port: int, protocol: str = "TCP") -> bool:
    return any(
        open_port(rule, protocol, port) and any(pods_match(peer, other, labels) for peer in rule["to"])
        for rule in rules(namespace, "egress")
    )


def comes_from(rule: dict[str, Any], namespace: str) -> bool:
    """Whether pods of the namespace may come in; an empty name stands for the outside."""
    return "from" not in rule or any(namespace and pods_match(peer, namespace, {}) for peer in rule["from"])


def lets_in(namespace: str, port: int, *, of: str = "", protocol: str = "TCP") -> bool:
    return any(open_port(rule, protocol, port) and comes_from(rule, of) for rule in rules(namespace, "ingress"))


@pytest.mark.parametrize("namespace", [NODE, PROXY])
def test_what_no_rule_allows_is_denied_for_every_pod(namespace: str) -> None:
    (denial,) = [one for one in policies(namespace) if one.inputs["metadata"]["name"] == "default-deny"]
    assert denial.inputs["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert len(policies(namespace)) == 2


@pytest.mark.parametrize(
    ("kind", "namespace"), [("kubernetes:apps/v1:StatefulSet", NODE), ("kubernetes:apps/v1:Deployment", PROXY)]
)
def test_no_pod_runs_without_policies_and_no_running_pod_loses_what_it_needs(kind: str, namespace: str) -> None:
    workload = world().one(kind)
    allowed, denied = sorted(policies(namespace), key=lambda one: "default-deny" in one.name)
    assert {allowed.urn, denied.urn} <= set(workload.dependencies)
    assert allowed.urn in denied.dependencies
    labels = workload.inputs["spec"]["template"]["metadata"]["labels"]
    assert allowed.inputs["spec"]["podSelector"]["matchLabels"].items() <= labels.items()


def test_peers_and_nobody_else_come_in() -> None:
    assert lets_in(NODE, 30444)
    assert not any(lets_in(NODE, port, of=other) for port in (9944, 9933, 30333) for other in ("", PROXY, NODE))
    assert not lets_in(NODE, 30444, protocol="UDP")


def test_nodes_dial_peers_and_nothing_below_the_unprivileged_ports() -> None:
    assert all(goes_out(NODE, "203.0.113.9", port) for port in (1024, 30333, 30444, 65535))
    assert not any(goes_out(NODE, "203.0.113.9", port) for port in (22, 80, 443, 1023))
    assert not goes_out(NODE, "203.0.113.9", 30444, "UDP")
    assert reaches(NODE, NODE, NODES, 30444)
    assert not reaches(NODE, NODE, NODES, 9944)


def test_the_usual_port_does_not_depend_on_ranges() -> None:
    single = [port for rule in rules(NODE, "egress") for port in rule.get("ports", []) if "endPort" not in port]
    assert {"protocol": "TCP", "port": 30444} in single


@pytest.mark.parametrize("namespace", [NODE, PROXY])
@given(st.sampled_from(PRIVATE_IPV4).map(IPv4Network), st.integers(0, 2**32), st.integers(1, 65535))
def test_nobody_reaches_private_addresses_but_the_resolver_and_the_metadata_server(
    namespace: str, private: IPv4Network, offset: int, port: int
) -> None:
    address = str(private[offset % private.num_addresses])
    if address not in ("169.254.20.10", "169.254.169.254"):
        assert not goes_out(namespace, address, port)


@pytest.mark.parametrize("namespace", [NODE, PROXY])
def test_names_are_resolved_with_and_without_the_cache_on_each_machine(namespace: str) -> None:
    for protocol in ("UDP", "TCP"):
        assert reaches(namespace, "kube-system", {"k8s-app": "kube-dns"}, 53, protocol)
        assert reaches(namespace, "kube-system", {"k8s-app": "node-local-dns"}, 53, protocol)
        assert goes_out(namespace, "169.254.20.10", 53, protocol)
        assert not goes_out(namespace, "169.254.169.254", 53, protocol)
    assert not reaches(namespace, "kube-system", {"k8s-app": "metrics-server"}, 53)
    assert not reaches(namespace, "elsewhere", {"k8s-app": "kube-dns"}, 53)


@pytest.mark.parametrize("namespace", [NODE, PROXY])
def test_identities_come_from_the_metadata_server(namespace: str) -> None:
    assert goes_out(namespace, "169.254.169.254", 80)
    assert goes_out(namespace, "169.254.169.254", 8080)
    assert not goes_out(namespace, "169.254.169.254", 443)


def test_the_way_to_the_web_is_through_the_proxy() -> None:
    assert reaches(NODE, PROXY, PROXIES, 3129)
    assert not reaches(NODE, PROXY, {"app.kubernetes.io/name": "other"}, 3129)
    assert lets_in(PROXY, 3129, of=NODE)
    assert lets_in(PROXY, 3129, of="explorer")
    assert not any(lets_in(PROXY, 3129, of=other) for other in ("", "elsewhere", PROXY))
    assert not lets_in(PROXY, 3128, of=NODE)
    assert all(goes_out(PROXY, "203.0.113.9", port) for port in (80, 443))
    assert not any(goes_out(PROXY, "203.0.113.9", port) for port in (22, 8080, 30444))


def test_the_proxy_serves_the_nodes_unless_told_otherwise() -> None:
    args = EgressProxyArgs(platform=PLATFORM, machines=MACHINES, clients=[], settings=EgressSettings())
    assert list(args.client_namespaces) == [NODE]
