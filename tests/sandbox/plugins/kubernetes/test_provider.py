"""The plugin on a real API server: lifecycles, previews, waiting, secrets."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from pulumi.provider.experimental.property_value import Computed, PropertyValue

from sandbox.plugins.failures import PartialFailure, ResourceRefused
from sandbox.plugins.kubernetes.provider import KubernetesPlugin
from sandbox.plugins.kubernetes.values import UNKNOWN, at, plain_map
from tests.sandbox.plugins.kubernetes.samples import (
    CONFIG_MAP,
    PLANTED,
    SECRET,
    SERVICE,
    STATEFUL_SET,
    config_map,
    secret,
    service,
    stateful_set,
)

pytestmark = pytest.mark.controlplane

Driver = Any


def plain_text(values: dict[str, PropertyValue]) -> str:
    """Everything in `values` that is not marked secret."""

    def text(value: PropertyValue) -> str:
        if value.is_secret:
            return ""
        if isinstance(value.value, str | float | bool) or value.value is None:
            return str(value.value)
        if isinstance(value.value, Computed):
            return ""
        inner: Any = value.value
        items = inner.items() if hasattr(inner, "items") else enumerate(inner)
        return " ".join(f"{key} {text(item)}" for key, item in items)

    return " ".join(f"{key} {text(value)}" for key, value in values.items())


def test_an_object_is_created_updated_and_deleted(driver: Driver, namespace: str) -> None:
    held = driver.create(CONFIG_MAP, config_map(namespace))
    assert held.id == f"{namespace}/settings"
    assert held.live["metadata"]["uid"]
    changed = driver.update(held, config_map(namespace, data={"level": "2", "more": "x"}))
    assert changed.live["data"] == {"level": "2", "more": "x"}
    back = driver.update(changed, config_map(namespace))
    assert back.live["data"] == {"level": "1"}, "a field that is no longer declared goes"
    driver.delete(back)
    assert not driver.read(back).resource_id
    driver.delete(back)


def test_a_preview_writes_nothing_and_leaves_open_what_only_the_server_knows(driver: Driver, namespace: str) -> None:
    promised = plain_map(driver.preview(SERVICE, service(namespace, type="LoadBalancer", selector={"a": "b"})))
    for key in ("uid", "resourceVersion", "creationTimestamp", "generation"):
        assert promised["metadata"].get(key, UNKNOWN) is UNKNOWN, key
    assert promised["status"] is UNKNOWN
    assert promised["spec"]["clusterIP"] is UNKNOWN
    assert promised["spec"]["ports"][0]["nodePort"] is UNKNOWN
    assert promised["spec"]["sessionAffinity"] == "None", "what the server defaults is known"
    assert promised["metadata"]["name"] == "node"
    created = driver.create(SERVICE, service(namespace, clusterIP="None"))
    assert created.live["spec"]["clusterIP"] == "None"


def test_a_preview_keeps_the_promises_that_the_update_keeps(driver: Driver, namespace: str) -> None:
    wanted = stateful_set(namespace, {"pulumi.com/skipAwait": "true"})
    promised = plain_map(driver.preview(STATEFUL_SET, wanted))
    made = driver.create(STATEFUL_SET, wanted).live

    def agree(one: Any, other: Any, path: str) -> None:
        if one is UNKNOWN:
            return
        if isinstance(one, dict):
            for key in one:
                agree(one[key], other.get(key), f"{path}.{key}")
            return
        assert one == other, path

    agree(promised, made, "")


def test_the_second_preview_of_an_update_knows_what_stays(driver: Driver, namespace: str) -> None:
    held = driver.create(CONFIG_MAP, config_map(namespace))
    preview = driver.update(held, config_map(namespace, data={"level": "2"}), preview=True).live
    assert preview["metadata"]["uid"] == held.live["metadata"]["uid"]
    assert preview["metadata"]["resourceVersion"] is UNKNOWN
    assert driver.read(held).properties["data"] == held.outputs["data"], "nothing was written"


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


def test_a_secret_never_leaves_in_plain_text(driver: Driver, namespace: str, kubectl: Callable[..., str]) -> None:
    coded = base64.b64encode(PLANTED.encode()).decode()
    checked, failures = driver.check(SECRET, secret(namespace))
    assert not failures
    previewed = driver.preview(SECRET, secret(namespace))
    held = driver.create(SECRET, secret(namespace))
    kubectl(
        "-n", namespace, "annotate", "secret", "token",
        f"kubectl.kubernetes.io/last-applied-configuration={PLANTED}",
    )  # fmt: skip
    read = driver.read(held)
    for place, values in {
        "check": checked,
        "preview": previewed,
        "create": held.outputs,
        "read": read.properties,
        "read inputs": read.inputs,
    }.items():
        text = plain_text(values)
        assert PLANTED not in text, place
        assert coded not in text, place
    assert plain_map(read.inputs) == secret(namespace)
    assert plain_map(held.outputs)["data"] == {"token": coded}, "the value itself is there, as a secret"


def test_an_error_about_a_secret_does_not_quote_it(driver: Driver, namespace: str) -> None:
    with pytest.raises(ResourceRefused) as caught:
        driver.preview(SECRET, secret(namespace, stringData={}, data={"token": PLANTED}))
    assert PLANTED not in str(caught.value)


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


def test_many_objects_are_awaited_at_once(driver: Driver, namespace: str, kubectl: Callable[..., str]) -> None:
    names = [f"many-{n}" for n in range(24)]

    def make(name: str) -> None:
        obj = service(namespace, type="LoadBalancer")
        obj["metadata"]["name"] = name
        with pytest.raises(PartialFailure):
            driver.create(SERVICE, obj, timeout=3, name=name)

    threads = [threading.Thread(target=make, args=(name,)) for name in names]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begun < 15
