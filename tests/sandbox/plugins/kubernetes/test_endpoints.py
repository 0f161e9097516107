"""When Services and Ingresses count as ready."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.plugins.kubernetes.endpoints import NO_ENDPOINTS_SECONDS, SERVICE_NAME, SETTLE_SECONDS
from sandbox.plugins.kubernetes.readiness import judge
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import Object
from sandbox.plugins.kubernetes.verdicts import Around

SERVICE = Kind(api_version="v1", name="Service")
INGRESS = Kind(api_version="networking.k8s.io/v1", name="Ingress")
ADDRESS = {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}}
SELECTOR = {"a": "b"}
SETTLING = "its endpoints to stay as they are for 10 s"
UNSEEN = "its endpoints to be seen"


def part(*ready: bool | None, service: str = "web", version: int = 1) -> Object:
    endpoints = [{"conditions": {} if one is None else {"ready": one}} for one in ready]
    metadata = {"uid": f"of-{service}", "resourceVersion": str(version), "labels": {SERVICE_NAME: service}}
    return {"metadata": metadata, "endpoints": endpoints or None}


@pytest.mark.parametrize(
    ("obj", "slices", "waiting_for", "settle_seconds"),
    [
        ({"spec": {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}, "status": {}}, [], "a load balancer's address", 0),
        ({"spec": {"type": "LoadBalancer", "selector": SELECTOR}, "status": ADDRESS}, [part(True)], SETTLING, 10),
        ({"spec": {"type": "LoadBalancer", "selector": SELECTOR}, "status": ADDRESS}, [part(False)], "1 are", 0),
        ({"spec": {"type": "LoadBalancer", "selector": SELECTOR}, "status": ADDRESS}, [], UNSEEN, 0),
        ({"spec": {"clusterIP": "None", "selector": SELECTOR}}, [part(False)], "", 0),
        ({"spec": {"clusterIP": "None", "selector": SELECTOR}}, [], "", 0),
        ({"spec": {"type": "ExternalName", "selector": SELECTOR}}, [], "", 0),
        ({"spec": {"clusterIP": "10.0.0.1"}}, [], "", 0),
        ({"spec": {"selector": SELECTOR}}, [part(False, None), part(True)], "endpoints to be ready (1 are not)", 0),
        ({"spec": {"selector": SELECTOR}}, [part()], SETTLING, 10),
        ({"spec": {"selector": SELECTOR}}, [], UNSEEN, 0),
    ],
)
def test_services(obj: Object, slices: list[Object], waiting_for: str, settle_seconds: float) -> None:
    judged = judge(SERVICE, obj, Around(endpoint_slices=slices))
    assert waiting_for in judged.waiting_for
    assert bool(waiting_for) == bool(judged.waiting_for)
    assert judged.settle_seconds == settle_seconds
    assert judged.unmet == ("" if settle_seconds else judged.waiting_for), "a read does not wait"


def test_the_settle_period_is_the_official_one() -> None:
    assert (SETTLE_SECONDS, NO_ENDPOINTS_SECONDS) == (10, 60)


def test_any_change_of_any_slice_is_seen() -> None:
    def seen(*slices: Object) -> Any:
        return judge(SERVICE, {"spec": {"selector": SELECTOR}}, Around(endpoint_slices=list(slices))).seen

    other = part(True, service="other")
    assert seen(part(True), other) == seen(other, part(True)), "their order means nothing"
    assert seen(part(True)) != seen(part(True, version=2))
    assert seen(part(True)) != seen(part(True), other)


def ingress(*services: str, status: Object | None = None) -> Object:
    paths = [{"path": "/", "backend": {"service": {"name": name}}} for name in services]
    static = {"path": "/static", "backend": {"resource": {"kind": "Bucket", "name": "b"}}}
    rules = [{"host": "example.org", "http": {"paths": [*paths, static]}}, {"host": "no-paths.example.org"}]
    return {"spec": {"rules": rules}, "status": ADDRESS if status is None else status}


@pytest.mark.parametrize(
    ("obj", "slices", "waiting_for", "settle_seconds"),
    [
        (ingress("web", status={}), [part(True)], "an address (status.loadBalancer.ingress)", 0),
        (ingress("web"), [part(True)], "", 0),
        (ingress("web"), [part(False)], "", 0),
        (ingress("web", "api", "out"), [part(True)], "the endpoints of api", 10),
        (ingress("web", "api"), [], "the endpoints of api, web", 60),
        (ingress("out"), [], "", 0),
        (ingress(), [], "", 0),
        ({"spec": {"defaultBackend": {"service": {"name": "web"}}}, "status": ADDRESS}, [], "", 0),
    ],
)
def test_ingresses(obj: Object, slices: list[Object], waiting_for: str, settle_seconds: float) -> None:
    outside = {"metadata": {"name": "out"}, "spec": {"type": "ExternalName"}}
    inside = {"metadata": {"name": "api"}, "spec": {"type": "ClusterIP"}}
    judged = judge(INGRESS, obj, Around(endpoint_slices=slices, services=[outside, inside]))
    assert (judged.waiting_for, judged.settle_seconds) == (waiting_for, settle_seconds)
