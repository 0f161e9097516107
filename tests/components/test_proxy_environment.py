"""What goes around the proxy, by what real clients make of the variables."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

import pytest

from components.proxy_environment import no_proxy, proxy_environment
from settings import NetworkSettings
from tests.components import no_proxy_clients as clients

NETWORK = NetworkSettings(
    services_range=IPv4Network("10.41.0.0/20"),
    pods_range=IPv4Network("10.64.0.0/14"),
    nodes_range=IPv4Network("10.10.0.0/20"),
)
ENVIRONMENT = proxy_environment(url="http://egress-proxy.egress-proxy.svc.cluster.local:3128", network=NETWORK)

INSIDE = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "10.41.0.1",
    "p2p-node.p2p-node.svc",
    "p2p-node-0.p2p-node.p2p-node.svc.cluster.local",
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "169.254.169.254",
    "[fd20:ce::254]",
]
IN_RANGES = ["10.41.7.9", "10.64.0.1", "10.67.255.254", "10.10.15.1"]
OUTSIDE = [
    "www.google.com",
    "5.5.5.10",
    "10.41.16.1",
    "10.68.0.1",
    "110.41.0.1",
    "10.9.255.255",
    "notlocalhost",
    "evilsvc",
    "kubernetes.example.org",
    "svc.example.org",
    "metadata.google.internal.example.org",
    "[2001:db8::1]",
]


@pytest.fixture(scope="module", params=["urllib", "requests", "curl", "go"])
def client(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, clients.GoesAround]]:
    if request.param == "urllib":
        yield request.param, clients.urllib_goes_around(ENVIRONMENT)
    elif request.param == "requests":
        yield request.param, clients.requests_goes_around(ENVIRONMENT)
    elif request.param == "curl":
        with clients.curl_goes_around(ENVIRONMENT) as goes_around:
            yield request.param, goes_around
    else:
        built = clients.go_goes_around(ENVIRONMENT, tmp_path_factory.mktemp("go"))
        if built is None:
            pytest.skip("no Go on PATH")
        yield request.param, built


@pytest.mark.parametrize("host", INSIDE)
def test_every_client_asks_what_is_inside_itself(host: str, client: tuple[str, clients.GoesAround]) -> None:
    _, goes_around = client
    assert goes_around(f"http://{host}:8080/")


@pytest.mark.parametrize("host", OUTSIDE)
def test_no_client_goes_around_for_what_only_looks_so(host: str, client: tuple[str, clients.GoesAround]) -> None:
    _, goes_around = client
    assert not goes_around(f"http://{host}:8080/")


@pytest.mark.parametrize("host", IN_RANGES)
def test_clients_that_know_ranges_ask_pods_services_and_machines_themselves(
    host: str, client: tuple[str, clients.GoesAround]
) -> None:
    name, goes_around = client
    knows = {"urllib": False, "requests": True, "curl": clients.curl_knows_ranges(), "go": True}
    assert goes_around(f"http://{host}:8080/") is knows[name], "docs/egress.md says which clients know ranges"


def test_it_is_computed_from_the_network() -> None:
    other = NetworkSettings(services_range=IPv4Network("192.168.16.0/24"))
    entries = no_proxy(other).split(",")
    assert {"192.168.16.1", "192.168.16.0/24", str(other.pods_range), str(other.nodes_range)} <= set(entries)
    assert len(entries) == len(set(entries))
    assert not any(" " in entry or "*" in entry for entry in entries), "Go and curl take a lone * for everything"


def test_both_cases_say_the_same() -> None:
    assert sorted(ENVIRONMENT) == ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"]
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        assert ENVIRONMENT[name] == ENVIRONMENT[name.upper()]
    url = "http://egress-proxy.egress-proxy.svc.cluster.local:3128"
    assert ENVIRONMENT["http_proxy"] == ENVIRONMENT["https_proxy"] == url
    assert ENVIRONMENT["no_proxy"] == no_proxy(NETWORK)
