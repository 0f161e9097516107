from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dataplane.changes import Action, DropRecord, Emit, Patch, PutRecord
from sandbox.dataplane.facts import ADDRESS, FORWARDING_RULE
from sandbox.dataplane.load_balancers import FINALIZER, plan
from sandbox.simulator.store import Record

Make = Callable[..., Any]
Json = dict[str, Any]
RESERVED = Record(
    type=ADDRESS,
    id="projects/demo/regions/europe-west4/addresses/p2p-0",
    inputs={},
    outputs={"address": "192.0.2.77"},
)
ASKS: list[Json] = [
    {"loadBalancerIP": "192.0.2.77"},
    {"metadata": {"annotations": {"networking.gke.io/load-balancer-ip-addresses": "p2p-0"}}},
]


@pytest.fixture
def service(an_object: Make) -> Make:
    def make(name: str = "s", *, ip: str = "", metadata: Json | None = None, **spec: Any) -> Json:
        status = {"loadBalancer": {"ingress": [{"ip": ip}]}} if ip else {}
        spec = {"type": "LoadBalancer", "ports": [{"port": 30333, "protocol": "TCP"}], **spec}
        meta = {"finalizers": [FINALIZER], **(metadata or {})}
        return an_object("Service", name, namespace="ns", metadata=meta, spec=spec, status=status)  # type: ignore[no-any-return]

    return make


def addresses(actions: list[Action]) -> list[str]:
    patches = [c for a in actions for c in a.changes if isinstance(c, Patch) and c.subresource == "status"]
    return [p.body["status"]["loadBalancer"]["ingress"][0]["ip"] for p in patches]


def test_the_finalizer_comes_first(make_facts: Make, service: Make) -> None:
    [action] = plan(make_facts(services=[service(metadata={"finalizers": []})]))
    [patch] = action.changes
    assert isinstance(patch, Patch)
    assert patch.body["metadata"] == {"finalizers": [FINALIZER], "resourceVersion": "1"}


def test_an_address_comes_after_a_while_with_a_forwarding_rule(make_facts: Make, service: Make) -> None:
    [action] = plan(make_facts(services=[service()]))
    assert action.wait
    assert action.wait.row == "load-balancer-create"
    record, status, _ = action.changes
    assert isinstance(record, PutRecord)
    assert isinstance(status, Patch)
    assert record.record.id == "projects/demo/regions/europe-west4/forwardingRules/auids"
    assert (record.record.type, record.record.origin) == (FORWARDING_RULE, "data-plane")
    assert status.body["status"]["loadBalancer"]["ingress"] == [{"ip": "203.0.113.1", "ipMode": "VIP"}]


def test_addresses_are_unique_and_stable(make_facts: Make, service: Make) -> None:
    has = service("has", ip="203.0.113.1")
    rule = Record(
        type=FORWARDING_RULE,
        id="projects/demo/regions/europe-west4/forwardingRules/auidlost",
        inputs={},
        outputs={"ipAddress": "203.0.113.9"},
    )
    actions = plan(make_facts(services=[has, service("a"), service("b"), service("lost")], records=(rule,)))
    assert addresses(actions) == ["203.0.113.2", "203.0.113.3", "203.0.113.9"]


@pytest.mark.parametrize("fields", ASKS)
def test_reserved_addresses_are_used(make_facts: Make, service: Make, fields: Json) -> None:
    assert addresses(plan(make_facts(services=[service(**fields)], records=(RESERVED,)))) == ["192.0.2.77"]


def test_a_load_balancer_moves_to_the_address_that_it_is_told_later(make_facts: Make, service: Make) -> None:
    rule = Record(
        type=FORWARDING_RULE,
        id="projects/demo/regions/europe-west4/forwardingRules/auids",
        inputs={},
        outputs={"ipAddress": "203.0.113.1"},
    )
    told = service(ip="203.0.113.1", loadBalancerIP="192.0.2.77")
    [action] = plan(make_facts(services=[told], records=(RESERVED, rule)))
    assert addresses([action]) == ["192.0.2.77"]
    record = action.changes[0]
    assert isinstance(record, PutRecord)
    assert (record.record.id, record.record.outputs["ipAddress"]) == (rule.id, "192.0.2.77")


@pytest.mark.parametrize("fields", ASKS)
def test_one_that_has_the_address_it_asks_for_stays(make_facts: Make, service: Make, fields: Json) -> None:
    assert not plan(make_facts(services=[service(ip="192.0.2.77", **fields)], records=(RESERVED,)))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"loadBalancerIP": "192.0.2.78"}, "neither static nor assigned"),
        ({"metadata": {"annotations": {"networking.gke.io/load-balancer-ip-addresses": "x"}}}, "x does not exist"),
        ({"loadBalancerIP": "192.0.2.77"}, "in use by Service ns/other"),
    ],
)
def test_what_google_refuses_is_an_event(make_facts: Make, service: Make, fields: Json, says: str) -> None:
    services = [service(**fields), *([service("other", ip="192.0.2.77")] if "in use" in says else [])]
    [action] = plan(make_facts(services=services, records=(RESERVED,)))
    [event] = action.changes
    assert isinstance(event, Emit)
    assert says in event.message
    assert event.reason == "SyncLoadBalancerFailed"


def test_an_internal_load_balancer_has_an_internal_address(make_facts: Make, service: Make) -> None:
    annotations = {"networking.gke.io/load-balancer-type": "Internal"}
    [address] = addresses(plan(make_facts(services=[service(metadata={"annotations": annotations})])))
    assert address.startswith("10.128.")


@pytest.mark.parametrize("why", ["deleted", "another type"])
def test_the_rule_goes_before_the_finalizer(make_facts: Make, service: Make, why: str) -> None:
    leaving = (
        service(metadata={"deletionTimestamp": "2026-11-23T12:00:00Z"})
        if why == "deleted"
        else service(type="ClusterIP")
    )
    [action] = plan(make_facts(services=[leaving]))
    assert action.wait
    assert action.wait.row == "load-balancer-delete"
    drop, *_, last = action.changes
    assert drop == DropRecord(id="projects/demo/regions/europe-west4/forwardingRules/auids")
    assert isinstance(last, Patch)
    assert last.body["metadata"]["finalizers"] == []


def test_other_services_are_left_alone(make_facts: Make, service: Make) -> None:
    services = [
        service("c", type="ClusterIP", metadata={"finalizers": []}),
        service("l", loadBalancerClass="other.example/lb", metadata={"finalizers": []}),
        service("has", ip="203.0.113.1"),
    ]
    assert not plan(make_facts(services=services))
    assert not plan(make_facts(cluster=None, services=[service()]))
