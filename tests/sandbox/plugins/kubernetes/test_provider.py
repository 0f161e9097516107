"""The plugin on a real API server: lifecycles, previews, judging, secrets."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.provider.experimental import provider
from pulumi.provider.experimental.property_value import Computed, PropertyValue

from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.kubernetes.values import UNKNOWN, plain_map, to_property
from sandbox.toolchain import Toolset
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


def test_the_server_says_what_kinds_a_known_group_has(
    new_driver: Callable[..., Driver], toolset: Toolset, kubectl: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_SCHEMAS", str(toolset.schemas))
    connected = new_driver()
    kind = "kubernetes:autoscaling.k8s.io/v1:Later"
    later = {"apiVersion": "autoscaling.k8s.io/v1", "kind": "Later", "metadata": {"name": "x", "namespace": "default"}}
    assert connected.check(kind, later)[1] == ['no matches for kind "Later" in version "autoscaling.k8s.io/v1"']
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": "laters.autoscaling.k8s.io",
            "annotations": {"api-approved.kubernetes.io": "unapproved, a test"},
        },
        "spec": {
            "group": "autoscaling.k8s.io",
            "scope": "Namespaced",
            "names": {"kind": "Later", "plural": "laters"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }
    # Somebody else defines it, so that this plugin has no schema of it.
    held = new_driver().create("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", definition)
    try:
        deadline = time.monotonic() + 20
        while "laters" not in kubectl("api-resources", "--api-group=autoscaling.k8s.io"):
            assert time.monotonic() < deadline
            time.sleep(0.5)
        assert connected.check(kind, later)[1] == []
    finally:
        connected.delete(held)


def test_an_asset_is_a_fault_of_the_object(driver: Driver, namespace: str) -> None:
    inputs = {key: to_property(value) for key, value in config_map(namespace).items()}
    inputs["data"] = PropertyValue({"a": PropertyValue(pulumi.StringAsset("x"))})
    request = provider.CheckRequest(f"urn:pulumi:test::p::{CONFIG_MAP}::one", {}, inputs, b"")
    failures = asyncio.run(driver.plugin.check(request)).failures or []
    assert ["cannot be sent to Kubernetes" in failure.reason for failure in failures] == [True]
