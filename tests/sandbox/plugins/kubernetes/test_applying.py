"""Objects on a real API server: what is refused, replaced, taken over, and read back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.kubernetes.values import UNKNOWN, Object, plain_map
from tests.sandbox.plugins.kubernetes.samples import (
    CONFIG_MAP,
    SERVICE,
    STATEFUL_SET,
    config_map,
    service,
    stateful_set,
    storage_class,
)

pytestmark = pytest.mark.controlplane

Driver = Any


def test_an_api_error_is_word_for_word(driver: Driver, namespace: str) -> None:
    broken = service(namespace, ports=[{"port": 99999, "targetPort": 80}])
    with pytest.raises(ResourceRefused) as caught:
        driver.preview(SERVICE, broken)
    assert str(caught.value) == (
        'Service "node" is invalid: spec.ports[0].port: Invalid value: 99999: must be between 1 and 65535, inclusive'
    )


def test_fields_the_server_does_not_know_are_refused_not_pruned(driver: Driver, namespace: str) -> None:
    misspelled = {
        "apiVersion": "autoscaling.k8s.io/v1",
        "kind": "VerticalPodAutoscaler",
        "metadata": {"name": "v", "namespace": namespace},
        "spec": {"targetRef": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "node"}, "updatePolcy": {}},
    }
    with pytest.raises(ResourceRefused, match=r"\.spec\.updatePolcy: field not declared in schema|updatePolcy"):
        driver.preview("kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler", misspelled)


def test_a_custom_resource_needs_no_line_of_its_own(driver: Driver, namespace: str) -> None:
    vpa = {
        "apiVersion": "autoscaling.k8s.io/v1",
        "kind": "VerticalPodAutoscaler",
        "metadata": {"name": "v", "namespace": namespace},
        "spec": {"targetRef": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "node"}},
    }
    held = driver.create("kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler", vpa)
    assert held.live["spec"] == vpa["spec"]
    driver.delete(held)


@pytest.mark.parametrize(
    ("token", "obj"),
    [
        (CONFIG_MAP, config_map("not-there-yet")),
        (
            "kubernetes:example.org/v1:Thing",
            {"apiVersion": "example.org/v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": {"a": 1}},
        ),
    ],
    ids=["namespace", "kind"],
)
def test_what_the_same_update_creates_is_promised_by_its_inputs(driver: Driver, token: str, obj: Object) -> None:
    promised = plain_map(driver.preview(token, obj))
    assert promised["metadata"]["uid"] is UNKNOWN
    assert promised["status"] is UNKNOWN
    assert {key: promised[key] for key in obj if key != "metadata"} == {k: obj[k] for k in obj if k != "metadata"}


def test_a_kind_nobody_serves_is_refused_in_the_update(driver: Driver) -> None:
    thing = {"apiVersion": "example.org/v1", "kind": "Thing", "metadata": {"name": "x"}}
    with pytest.raises(ResourceRefused, match=r'no matches for kind "Thing" in version "example\.org/v1"'):
        driver.create("kubernetes:example.org/v1:Thing", thing)


def test_drift_in_a_declared_field_is_read_back_and_server_fields_are_not(
    driver: Driver, namespace: str, kubectl: Callable[..., str]
) -> None:
    declared = stateful_set(namespace, {"pulumi.com/skipAwait": "true"})
    held = driver.create(STATEFUL_SET, declared)
    assert plain_map(driver.read(held).inputs) == declared, "cpu 1000m is the server's 1, and no drift"
    kubectl("-n", namespace, "scale", "statefulset", "node", "--replicas=3")
    drifted = plain_map(driver.read(held).inputs)
    assert drifted == stateful_set(namespace, {"pulumi.com/skipAwait": "true"}, replicas=3)
    held.inputs = drifted
    assert list(driver.diff(held, declared).detailed_diff) == ["spec.replicas"]
    with pytest.raises(ResourceRefused, match=r"conflict.*\.spec\.replicas"):
        driver.update(held, declared)
    declared["metadata"]["annotations"]["pulumi.com/patchForce"] = "true"
    assert driver.update(held, declared).live["spec"]["replicas"] == 1


def test_a_deleted_object_is_read_as_gone(driver: Driver, namespace: str, kubectl: Callable[..., str]) -> None:
    held = driver.create(CONFIG_MAP, config_map(namespace))
    kubectl("-n", namespace, "delete", "configmap", "settings")
    assert not driver.read(held).resource_id


def test_a_replacement_is_previewed_while_the_old_object_stands(driver: Driver, namespace: str) -> None:
    held = driver.create(STATEFUL_SET, stateful_set(namespace, {"pulumi.com/skipAwait": "true"}))
    other = stateful_set(namespace, {"pulumi.com/skipAwait": "true"}, podManagementPolicy="Parallel")
    diff = driver.diff(held, other)
    assert diff.replaces == ["spec.podManagementPolicy"]
    assert diff.delete_before_replace
    promised = plain_map(driver.preview(STATEFUL_SET, other))
    assert promised["metadata"]["name"] == "node"
    assert promised["spec"]["podManagementPolicy"] == "Parallel"


def test_a_replacement_is_judged_even_where_the_old_object_holds_its_address(driver: Driver, namespace: str) -> None:
    held = driver.create(SERVICE, service(namespace, type="NodePort"))
    ports = held.live["spec"]["ports"]
    promised = plain_map(driver.preview(SERVICE, service(namespace, type="NodePort", clusterIP="None", ports=ports)))
    assert promised["spec"]["ports"][0]["nodePort"] == ports[0]["nodePort"]


def test_a_replacement_that_is_itself_wrong_is_refused_by_its_own_name(driver: Driver, namespace: str) -> None:
    driver.create(STATEFUL_SET, stateful_set(namespace, {"pulumi.com/skipAwait": "true"}))
    with pytest.raises(ResourceRefused, match=r'StatefulSet.apps "node" is invalid: spec.replicas'):
        driver.preview(STATEFUL_SET, stateful_set(namespace, podManagementPolicy="Parallel", replicas=-1))


def test_a_change_the_api_server_forbids_fails_in_the_preview(driver: Driver, namespace: str) -> None:
    held = driver.create(
        "kubernetes:storage.k8s.io/v1:StorageClass",
        storage_class(namespace, reclaimPolicy="Delete"),
    )
    other = storage_class(namespace, reclaimPolicy="Retain")
    assert not driver.diff(held, other).replaces, "the official table does not have it"
    with pytest.raises(ResourceRefused, match="reclaimPolicy: Invalid value"):
        driver.update(held, other, preview=True)


def test_an_object_of_somebody_else_is_not_taken_over(
    driver: Driver, namespace: str, kubectl: Callable[..., str], new_driver: Callable[..., Driver]
) -> None:
    kubectl("-n", namespace, "create", "configmap", "settings")
    with pytest.raises(ResourceRefused, match='configmaps "settings" already exists'):
        driver.create(CONFIG_MAP, config_map(namespace))
    assert new_driver(upsertExistingObjects="true").create(CONFIG_MAP, config_map(namespace)).live["data"]


def test_what_an_interrupted_run_made_is_taken_over(driver: Driver, namespace: str) -> None:
    first = driver.create(CONFIG_MAP, config_map(namespace))
    again = driver.create(CONFIG_MAP, config_map(namespace))
    assert again.live["metadata"]["uid"] == first.live["metadata"]["uid"]
    with pytest.raises(ResourceRefused, match="already exists"):
        driver.create(CONFIG_MAP, config_map(namespace), name="renamed")


def test_the_default_namespace_is_written_where_only_the_other_side_names_one(driver: Driver) -> None:
    cluster: Any = driver.plugin._cluster
    named, bare = {"metadata": {"name": "x", "namespace": "n"}}, {"metadata": {"name": "x"}}
    assert cluster.with_namespace(bare, named) == {"metadata": {"name": "x", "namespace": "default"}}
    assert cluster.with_namespace(bare, bare) == bare
    unknown = {"metadata": UNKNOWN}
    assert cluster.with_namespace(unknown, named) == unknown
