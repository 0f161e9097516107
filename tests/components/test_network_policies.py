"""What the NetworkPolicies of a proxy and of nodes with settings of their own let through.

Who reaches whom in a whole stack is in tests/test_reachability_matrix.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import network_policies
from components.egress_proxy import EgressProxy, EgressProxyArgs
from components.p2p_node import P2PNode, P2PNodeArgs
from components.private_google_apis import ADDRESSES
from components.special_ranges import SPECIAL_IPV4
from settings import DnsSettings, EgressSettings, NodeSettings
from settings.node import PortSettings
from tests.components.platforms import MACHINES, PLATFORM
from tests.components.port_sets import NOTHING, PortSet, read
from tests.components.reachability import Address, Cluster, Party, Pod, reached
from tests.program_mocks import Registered, World, run

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
NODE, PROXY = "p2p-node", "egress-proxy"
PEER = Address(address="5.5.5.7")


@cache
def world() -> World:
    def program() -> None:
        EgressProxy(
            PROXY,
            EgressProxyArgs(
                platform=PLATFORM,
                machines=MACHINES,
                clients=[IPv4Network("10.64.0.0/14")],
                health_checkers=[IPv4Network("10.10.0.0/20")],
                settings=EgressSettings(port=3129, client_namespaces=("explorer", NODE)),
            ),
        )
        P2PNode(
            NODE,
            P2PNodeArgs(
                platform=PLATFORM,
                cluster_version="1.34.1-gke.1431000",
                machines=MACHINES,
                storage_class="ssd",
                environment={},
                proxy_port=3129,
                settings=NodeSettings(
                    ports=PortSettings(p2p=30444), dns=DnsSettings(zone="nodes", domain="nodes.example.org")
                ),
            ),
        )

    return run(program)


def policies(namespace: str) -> list[Registered]:
    return [one for one in world().of_type(POLICY) if one.inputs["metadata"]["namespace"] == namespace]


NODES_POD, PROXIES_POD = (
    Pod(name=name, namespace=name, labels={"app.kubernetes.io/name": name, "app.kubernetes.io/component": name})
    for name in (NODE, PROXY)
)
PODS = {NODE: NODES_POD, PROXY: PROXIES_POD}


def opened(source: Party, destination: Party) -> PortSet:
    return reached(Cluster(policies=[one.inputs for one in world().of_type(POLICY)]), source, destination)


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


@given(st.sampled_from(sorted(SPECIAL_IPV4)).map(IPv4Network), st.integers(0, 2**32))
def test_nobody_reaches_special_addresses_but_the_resolver(special: IPv4Network, offset: int) -> None:
    address = str(special[offset % special.num_addresses])
    if address != "169.254.20.10":
        assert {opened(pod, Address(address=address)) for pod in PODS.values()} == {NOTHING}


@pytest.mark.parametrize("server", ["169.254.169.254", "169.254.169.252", "fd00:ec2::254", "fd20:ce::254"])
def test_nobody_reaches_a_metadata_server(server: str) -> None:
    assert {opened(pod, Address(address=server)) for pod in PODS.values()} == {NOTHING}


@pytest.mark.parametrize("namespace", [NODE, PROXY])
def test_names_are_resolved_with_and_without_the_cache_on_each_machine(namespace: str) -> None:
    def system(name: str, namespace: str = "kube-system") -> Pod:
        return Pod(name=name, namespace=namespace, labels={"k8s-app": name})

    pod = PODS[namespace]
    for resolver in (system("kube-dns"), system("node-local-dns"), Address(address="169.254.20.10")):
        assert opened(pod, resolver) == read("TCP 53, UDP 53")
    assert opened(pod, system("metrics-server")) == NOTHING
    assert opened(pod, system("kube-dns", "elsewhere")) == NOTHING


def test_the_way_to_the_web_is_through_the_proxy() -> None:
    explorer, elsewhere = (Pod(name="a-pod", namespace=name) for name in ("explorer", "elsewhere"))
    assert opened(NODES_POD, PROXIES_POD) == read("TCP 3129")
    assert opened(explorer, PROXIES_POD) == read("TCP 3129")
    assert opened(elsewhere, PROXIES_POD) == NOTHING
    assert opened(PEER, PROXIES_POD) == NOTHING
    assert opened(PROXIES_POD, PEER) == read("TCP 80 443")
    assert opened(NODES_POD, PEER) & read("TCP 80 443") == NOTHING


def test_clients_are_the_nodes_and_who_is_named_each_once() -> None:
    (allowed,) = [one for one in policies(PROXY) if one.inputs["metadata"]["name"] == PROXY]
    (rule,) = allowed.inputs["spec"]["ingress"]
    names = [peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for peer in rule["from"]]
    assert names == [NODE, "explorer"]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: network_policies.from_namespaces([], 9944),
        lambda: network_policies.from_namespaces(["explorer"]),
        lambda: network_policies.to_internet([]),
        lambda: network_policies.to_component("egress-proxy"),
    ],
)
def test_a_rule_about_nothing_would_be_one_about_everything(wrong: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="allows all of them"):
        wrong()


def test_the_rule_for_google_s_apis_is_about_the_addresses_that_their_names_lead_to() -> None:
    named = {IPv4Address(address) for kind in ADDRESSES.values() for address in kind}
    assert {address for block in network_policies.GOOGLE_APIS for address in IPv4Network(block)} == named
