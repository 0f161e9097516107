"""Waiting, by the plugin on a real API server."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pulumi.provider.experimental import provider

from sandbox.plugins.failures import PartialFailure, ResourceRefused
from sandbox.plugins.kubernetes import endpoints
from sandbox.plugins.kubernetes.provider import KubernetesPlugin
from sandbox.plugins.kubernetes.values import Object, at, plain_map, to_property
from sandbox.plugins.servicer import THREADS
from tests.sandbox.plugins.kubernetes.samples import (
    CONFIG_MAP,
    SECRET,
    SERVICE,
    STATEFUL_SET,
    config_map,
    service,
    stateful_set,
)

pytestmark = pytest.mark.controlplane

Driver = Any


def test_created_but_not_ready_is_a_partial_failure_that_says_what_it_waits_for(driver: Driver, namespace: str) -> None:
    unready = stateful_set(namespace, {"pulumi.com/timeoutSeconds": "2"})
    with pytest.raises(PartialFailure) as caught:
        driver.create(STATEFUL_SET, unready)
    failure = caught.value
    assert failure.resource_id == f"{namespace}/node"
    assert failure.reasons[0].startswith(
        f"StatefulSet {namespace}/node is not ready after 2 s: waiting for 1 pods to be ready (0 ready, "
    )
    assert plain_map(failure.properties)["metadata"]["uid"]
    assert any("node-0" in reason for reason in failure.reasons[1:]), "the pods' own problems are told"


def test_cancel_ends_a_wait_and_keeps_the_object(driver: Driver, namespace: str) -> None:
    plugin: KubernetesPlugin = driver.plugin
    threading.Timer(1.0, plugin.cancelled.set).start()
    begun = time.monotonic()
    with pytest.raises(PartialFailure, match="cancelled"):
        driver.create(STATEFUL_SET, stateful_set(namespace))
    assert time.monotonic() - begun < 5


def test_a_load_balancer_is_awaited_until_it_has_an_address(
    driver: Driver, namespace: str, kubectl: Callable[..., str]
) -> None:
    def assign() -> None:
        time.sleep(1.5)
        patch = '{"status":{"loadBalancer":{"ingress":[{"ip":"203.0.113.9"}]}}}'
        kubectl("-n", namespace, "patch", "service", "node", "--subresource=status", "--type=merge", "-p", patch)

    assigner = threading.Thread(target=assign)
    assigner.start()
    held = driver.create(SERVICE, service(namespace, type="LoadBalancer"), timeout=20)
    assigner.join()
    assert at(held.live, "status", "loadBalancer", "ingress", 0, "ip") == "203.0.113.9"


def test_a_deletion_is_awaited_and_says_what_holds_it(driver: Driver, namespace: str) -> None:
    obj = config_map(namespace)
    obj["metadata"]["finalizers"] = ["example.org/hold"]
    held = driver.create(CONFIG_MAP, obj)
    with pytest.raises(ResourceRefused, match=r"still exists 1 s .*held by: finalizers example.org/hold"):
        driver.delete(held, timeout=1)


def test_a_namespace_is_gone_when_its_deletion_returns(driver: Driver, kubectl: Callable[..., str]) -> None:
    token = "kubernetes:core/v1:Namespace"
    held = driver.create(token, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "short-lived"}})
    driver.delete(held)
    assert "short-lived" not in kubectl("get", "namespaces", "-o", "name")


def test_wait_for_annotations_decide(driver: Driver, namespace: str) -> None:
    obj = config_map(namespace)
    obj["metadata"]["annotations"] = {
        "pulumi.com/waitFor": "jsonpath={.data.level}=2",
        "pulumi.com/timeoutSeconds": "1",
    }
    with pytest.raises(PartialFailure, match=r"waiting for jsonpath=\{\.data\.level\}=2"):
        driver.create(CONFIG_MAP, obj)


def test_many_objects_are_awaited_at_once(driver: Driver, namespace: str) -> None:
    names = [f"many-{n}" for n in range(THREADS)]

    def creation(name: str) -> provider.CreateRequest:
        obj = service(namespace, type="LoadBalancer")
        obj["metadata"]["name"] = name
        inputs = {key: to_property(value) for key, value in obj.items()}
        return provider.CreateRequest(f"urn:pulumi:test::p::{SERVICE}::{name}", inputs, 3, False)

    async def all_at_once() -> list[Any]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=THREADS))
        plugin: KubernetesPlugin = driver.plugin
        return await asyncio.gather(*(plugin.create(creation(name)) for name in names), return_exceptions=True)

    begun = time.monotonic()
    outcomes = asyncio.run(all_at_once())
    assert time.monotonic() - begun < 20
    assert [type(one) for one in outcomes] == [PartialFailure] * len(names), outcomes
    assert [one.resource_id for one in outcomes] == [f"{namespace}/{name}" for name in names]
    assert {reason.partition(" is not ready after 3 s: ")[2] for one in outcomes for reason in one.reasons} == {
        "waiting for a load balancer's address (status.loadBalancer.ingress)"
    }


def test_a_service_without_pods_is_ready_once_its_endpoints_have_settled(
    driver: Driver, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "SETTLE_SECONDS", 2.0)
    begun = time.monotonic()
    held = driver.create(SERVICE, service(namespace, selector={"app": "nobody"}), timeout=60)
    assert 2 <= time.monotonic() - begun < 30
    begun = time.monotonic()
    driver.update(held, service(namespace, selector={"app": "nobody"}, sessionAffinity="ClientIP"), timeout=60)
    assert 2 <= time.monotonic() - begun < 30, "each operation counts anew"
    assert driver.read(held).resource_id, "a read does not wait"


@pytest.mark.parametrize(
    ("token", "fields"),
    [
        ("kubernetes:core/v1:ResourceQuota", {"spec": {"hard": {"pods": "2", "requests.cpu": "1500m"}}}),
        (
            SECRET,
            {
                "type": "kubernetes.io/service-account-token",
                "metadata": {"annotations": {"kubernetes.io/service-account.name": "owner"}},
            },
        ),
    ],
)
def test_what_a_controller_fills_in_is_awaited(driver: Driver, namespace: str, token: str, fields: Object) -> None:
    metadata = {**fields.get("metadata", {}), "name": "filled", "namespace": namespace}
    kind = {"apiVersion": "v1", "kind": token.rpartition(":")[2]}
    # A token of nobody would be deleted at once.
    owner = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "owner", "namespace": namespace}}
    driver.create("kubernetes:core/v1:ServiceAccount", owner, name="owner")
    live = driver.create(token, {**kind, **fields, "metadata": metadata}, timeout=30).live
    assert live.get("data") or live["status"]["hard"] == live["spec"]["hard"]
