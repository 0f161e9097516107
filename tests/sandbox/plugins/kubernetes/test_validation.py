"""Judging objects without an API server, by the real schemas of the pinned Kubernetes and its CRDs."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.kubernetes.schemas import Schemas
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.validation import faults
from sandbox.plugins.kubernetes.values import UNKNOWN, Object
from sandbox.toolchain import Silent, resolve

SET = Kind(api_version="apps/v1", name="StatefulSet")
SERVICE = Kind(api_version="v1", name="Service")
VPA = Kind(api_version="autoscaling.k8s.io/v1", name="VerticalPodAutoscaler")
COMPUTE_CLASS = Kind(api_version="cloud.google.com/v1", name="ComputeClass")
CRD = Kind(api_version="apiextensions.k8s.io/v1", name="CustomResourceDefinition")


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas(resolve(("schemas",), Silent()).schemas)


def stateful_set(container: Any, **spec: Any) -> Object:
    pod = {"containers": [container]}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "x"},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"spec": pod}, **spec},
    }


def service(**spec: Any) -> Object:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": spec}


def vpa(**spec: Any) -> Object:
    target = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "x"}
    kind = {"apiVersion": VPA.api_version, "kind": VPA.name, "metadata": {"name": "x"}}
    return {**kind, "spec": {"targetRef": target, **spec}}


def compute_class(rule: Object, **spec: Any) -> Object:
    kind = {"apiVersion": COMPUTE_CLASS.api_version, "kind": COMPUTE_CLASS.name, "metadata": {"name": "x"}}
    return {**kind, "spec": {"priorities": [rule], "nodePoolAutoCreation": {"enabled": True}, **spec}}


SOUND = {
    "name": "c",
    "image": "busybox:1.36",
    "ports": [{"containerPort": 80}],
    "resources": {"requests": {"cpu": 1, "memory": "1Gi"}},
    "readinessProbe": {"httpGet": {"port": "http"}, "periodSeconds": 5},
}


@pytest.mark.parametrize(
    ("kind", "obj", "found"),
    [
        (SET, stateful_set(SOUND, replicas=2), []),
        (SET, stateful_set(SOUND, replcas=2), ["spec.replcas: unknown field; did you mean 'replicas'?"]),
        (SET, stateful_set(SOUND, replicas="2"), ["spec.replicas: must be an integer, not a string"]),
        (SET, stateful_set(SOUND, replicas=True), ["spec.replicas: must be an integer, not a boolean"]),
        (SET, stateful_set(SOUND, replicas=UNKNOWN), []),
        (SET, stateful_set(UNKNOWN), []),
        (SET, stateful_set({"image": "x"}), ["spec.template.spec.containers[0].name: required and not given"]),
        (SET, stateful_set("c"), ["spec.template.spec.containers[0]: must be an object, not a string"]),
        (
            SET,
            stateful_set({**SOUND, "env": [{"name": "A", "value": 1}]}),
            ["spec.template.spec.containers[0].env[0].value: must be a string, not an integer"],
        ),
        (SERVICE, service(ports=[{"port": 80, "targetPort": "http"}]), []),
        (SERVICE, service(ports=[{"port": 80, "targetPort": 8080}]), []),
        (
            SERVICE,
            service(ports=[{"port": 80, "targetPort": 8.5}]),
            ["spec.ports[0].targetPort: must be an integer or a string, not a number"],
        ),
        (SERVICE, service(selector={"a": 1}), ["spec.selector.a: must be a string, not an integer"]),
        (VPA, vpa(updatePolicy={"updateMode": "Recreate", "minReplicas": 1}), []),
        (VPA, vpa(updatePolcy={}), ["spec.updatePolcy: unknown field; did you mean 'updatePolicy'?"]),
        (
            VPA,
            vpa(updatePolicy={"updateMode": "Never"}),
            ["spec.updatePolicy.updateMode: must be one of Off, Initial, Recreate, InPlaceOrRecreate, Auto"],
        ),
        (VPA, vpa(resourcePolicy={"containerPolicies": [{"minAllowed": {"cpu": 1, "memory": "1Gi"}}]}), []),
        (VPA, {**vpa(), "metadata": {"nam": "x"}}, ["metadata.nam: unknown field; did you mean 'name'?"]),
        (COMPUTE_CLASS, compute_class({"machineFamily": "n2", "storage": {"bootDiskType": "pd-ssd"}}), []),
        (
            COMPUTE_CLASS,
            compute_class({"machineFamly": "n2"}),
            ["spec.priorities[0].machineFamly: unknown field; did you mean 'machineFamily'?"],
        ),
        (
            COMPUTE_CLASS,
            compute_class({"spot": False}, whenUnsatisfiable="Never"),
            ["spec.whenUnsatisfiable: must be one of ScaleUpAnyway, DoNotScaleUp"],
        ),
        (Kind(api_version="example.org/v1", name="Thing"), {"anything": 1}, []),
    ],
)
def test_objects_are_judged_by_their_schema(schemas: Schemas, kind: Kind, obj: Object, found: list[str]) -> None:
    assert [f"{fault.path}: {fault.reason}" for fault in faults(schemas, kind, obj)] == found


def test_a_kind_that_its_group_does_not_have_is_refused(schemas: Schemas) -> None:
    with pytest.raises(ResourceRefused, match=r'no matches for kind "StatefulSet" in version "apps/v2"'):
        faults(schemas, Kind(api_version="apps/v2", name="StatefulSet"), {})


def test_values_are_never_quoted(schemas: Schemas) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "data": ["hunter2"], "type": 7}
    told = str(faults(schemas, Kind(api_version="v1", name="Secret"), secret))
    assert "must be an object" in told
    assert "hunter2" not in told


def test_a_definition_that_the_same_update_creates_is_learned(schemas: Schemas) -> None:
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.net"},
        "spec": {
            "group": "example.net",
            "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }
    assert not faults(schemas, CRD, definition)
    schemas.add_definition(definition)
    widget = {"apiVersion": "example.net/v1", "kind": "Widget", "metadata": {"name": "x"}, "spec": {"size": "big"}}
    kind = Kind(api_version="example.net/v1", name="Widget")
    assert [fault.path for fault in faults(schemas, kind, widget)] == ["spec.size"]


def test_reading_the_schemas_is_quick() -> None:
    folder = resolve(("schemas",), Silent()).schemas
    begun = time.monotonic()
    faults(Schemas(folder), SET, stateful_set(SOUND))
    assert time.monotonic() - begun < 2


def test_damaged_schemas_are_named(tmp_path: Path) -> None:
    (tmp_path / "swagger.json").write_text(json.dumps({"definitions": 7})[:-3])
    with pytest.raises(ResourceRefused, match="cannot be read") as caught:
        faults(Schemas(tmp_path), SET, {})
    assert str(tmp_path) in str(caught.value)
