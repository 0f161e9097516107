"""What Google computes, in its formats."""

from __future__ import annotations

import base64
import ipaddress
import re
from typing import Any

import pytest

from sandbox.layout import Layout
from sandbox.simulator import facts
from sandbox.simulator.errors import ClusterUnreachable, Refused
from sandbox.simulator.facts import Asked, fact, master_version
from sandbox.simulator.store import Record, Store

SUBNETWORK = "projects/p/regions/europe-west4/subnetworks/s"


@pytest.fixture
def asked(layout: Layout, store: Store) -> Any:
    def make(**inputs: Any) -> Asked:
        place = {"project": "p", "location": inputs.pop("location", "europe-west4"), "region": "europe-west4"}
        return Asked(layout=layout, store=store, id="projects/p/x/y", place=place, inputs=inputs)

    return make


def test_the_cluster_is_the_local_control_plane(asked: Any, layout: Layout) -> None:
    assert fact("endpoint_host", asked()) == "127.0.0.1:1"
    assert base64.b64decode(fact("endpoint_ca", asked())) == b"PEM"
    layout.endpoint.unlink()
    with pytest.raises(ClusterUnreachable, match=r"the control plane is not running.*make up"):
        fact("endpoint_host", asked())
    layout.endpoint.write_text("{")
    with pytest.raises(ClusterUnreachable):
        fact("endpoint_ca", asked())


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("number", r"[1-9]\d{18}"),
        ("account_number", r"[1-9]\d{20}"),
        ("now", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00"),
        ("dns_endpoint", r"gke-[0-9a-f]{36}-\d{12}\.europe-west4\.gke\.goog"),
        ("compute_link", r"https://www\.googleapis\.com/compute/v1/projects/p/x/y"),
        ("pods_range", r"gke-y-pods-[0-9a-f]{8}"),
        ("master_version", r"1\.\d+\.\d+-gke\.\d+"),
        ("fingerprint", r"[\w+/]{11}="),
    ],
)
def test_formats(asked: Any, name: str, form: str) -> None:
    assert re.fullmatch(form, fact(name, asked()))


def test_whole_numbers_survive_the_engine(asked: Any) -> None:
    number = fact("whole_number", asked())
    assert int(float(number)) == number


@pytest.mark.parametrize(
    ("inputs", "zones"),
    [
        ({}, ["europe-west4-a", "europe-west4-b", "europe-west4-c"]),
        ({"location": "europe-west1"}, ["europe-west1-b", "europe-west1-c", "europe-west1-d"]),
        ({"location": "europe-west4-b"}, ["europe-west4-b"]),
        ({"nodeLocations": ["europe-west4-c"]}, ["europe-west4-c"]),
    ],
)
def test_zones(asked: Any, inputs: dict[str, Any], zones: list[str]) -> None:
    assert fact("zones", asked(**inputs)) == zones


def test_ranges_come_from_the_subnetwork(asked: Any, store: Store) -> None:
    ranges = [{"rangeName": "pods", "ipCidrRange": "10.4.0.0/14"}, {"rangeName": "svc", "ipCidrRange": "10.8.0.0/20"}]
    outputs = {"ipCidrRange": "10.0.0.0/20", "secondaryIpRanges": ranges}
    store.put(Record(type="gcp:compute/subnetwork:Subnetwork", id=SUBNETWORK, inputs={}, outputs=outputs))
    policy = {"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "svc"}
    cluster = asked(subnetwork=SUBNETWORK, ipAllocationPolicy=policy)
    assert fact("pods_cidr", cluster) == "10.4.0.0/14"
    assert fact("services_cidr", cluster) == "10.8.0.0/20"
    assert fact("private_endpoint", cluster) == "10.0.0.2"
    assert (
        fact("private_endpoint", asked(privateClusterConfig={"masterIpv4CidrBlock": "172.16.0.0/28"})) == "172.16.0.2"
    )


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({}, "10.28.0.0/14"),
        ({"clusterIpv4CidrBlock": "10.64.0.0/14"}, "10.64.0.0/14"),
        ({"clusterIpv4CidrBlock": "/14"}, "10.28.0.0/14"),
    ],
)
def test_ranges_without_names(asked: Any, policy: dict[str, str], expected: str) -> None:
    assert fact("pods_cidr", asked(ipAllocationPolicy=policy)) == expected


def test_addresses_are_never_given_twice_and_never_anyones(asked: Any, store: Store) -> None:
    seen = set()
    for index in range(5):
        address = fact("reserved_address", asked())
        store.put(Record(type="gcp:compute/address:Address", id=f"a{index}", inputs={}, outputs={"address": address}))
        seen.add(address)
    assert len(seen) == 5
    assert all(ipaddress.ip_address(a) in ipaddress.ip_network("198.51.100.0/24") for a in seen)


def test_an_address_that_a_load_balancer_has_is_reserved_for_nobody_else(asked: Any, store: Store) -> None:
    first = fact("reserved_address", asked())
    rule = "gcp:compute/forwardingRule:ForwardingRule"
    store.put(Record(type=rule, id="r", inputs={}, outputs={"ipAddress": first}, origin="data-plane"))
    assert fact("reserved_address", asked()) != first


def test_addresses_come_to_an_end_in_googles_words(asked: Any, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "EXTERNAL_RANGES", ("192.0.2.0/29",))
    addresses = []
    for index in range(4):
        addresses.append(fact("reserved_address", asked()))
        outputs = {"address": addresses[-1]}
        store.put(Record(type="gcp:compute/address:Address", id=f"a{index}", inputs={}, outputs=outputs))
    assert addresses == ["192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"]
    with pytest.raises(Refused, match=r"Quota 'STATIC_ADDRESSES' exceeded\. .* in region europe-west4"):
        fact("reserved_address", asked())
    subnetwork = {"addressType": "INTERNAL", "subnetwork": SUBNETWORK}
    outputs = {"ipCidrRange": "10.0.0.0/30"}
    store.put(Record(type="gcp:compute/subnetwork:Subnetwork", id=SUBNETWORK, inputs={}, outputs=outputs))
    with pytest.raises(Refused, match="IP space of the subnetwork is exhausted"):
        fact("reserved_address", asked(**subnetwork))


def test_a_newer_control_plane_than_the_sandbox_runs_is_refused(asked: Any) -> None:
    assert fact("master_version", asked(minMasterVersion="1.30")) == master_version()
    assert fact("master_version", asked(minMasterVersion=master_version())) == master_version()
    with pytest.raises(Refused, match=r'Error 400: Master version "1\.99" is unsupported'):
        fact("master_version", asked(minMasterVersion="1.99"))


@pytest.mark.parametrize(
    ("inputs", "pools"),
    [
        ({"removeDefaultNodePool": True, "initialNodeCount": 1}, []),
        ({"enableAutopilot": True}, []),
        ({"initialNodeCount": 2}, ["default-pool"]),
    ],
)
def test_default_pool(asked: Any, inputs: dict[str, Any], pools: list[str]) -> None:
    assert [pool["name"] for pool in fact("default_pools", asked(**inputs))] == pools


def test_gateway(asked: Any) -> None:
    assert fact("gateway", asked(ipCidrRange="10.0.0.0/20")) == "10.0.0.1"
    assert fact("gateway", asked()) == ""
