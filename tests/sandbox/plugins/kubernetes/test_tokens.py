"""From type tokens and inputs to kinds."""

from __future__ import annotations

import pytest

from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.kubernetes.tokens import kind_of, parse_id, resource_id


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        ("kubernetes:apps/v1:StatefulSet", {"apiVersion": "apps/v1", "kind": "StatefulSet"}, "apps/v1/StatefulSet"),
        ("kubernetes:core/v1:Service", {"apiVersion": "v1", "kind": "Service"}, "v1/Service"),
        ("kubernetes:core/v1:Service", {}, "v1/Service"),
        ("kubernetes:core/v1:Service", {"apiVersion": "core/v1"}, "v1/Service"),
        ("kubernetes:storage.k8s.io/v1:StorageClass", {}, "storage.k8s.io/v1/StorageClass"),
        ("kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler", {}, "autoscaling.k8s.io/v1/VerticalPodAutoscaler"),
        ("kubernetes:example.org/v1:ThingList", {"kind": "ThingList"}, "example.org/v1/ThingList"),
    ],
)
def test_kinds(token: str, inputs: dict[str, str], expected: str) -> None:
    assert str(kind_of(token, inputs)) == expected


@pytest.mark.parametrize(
    ("token", "inputs", "why"),
    [
        ("kubernetes:apps/v1:StatefulSetPatch", {"apiVersion": "apps/v1", "kind": "StatefulSet"}, "Patch types"),
        ("kubernetes:core/v1:ConfigMapList", {"apiVersion": "v1", "kind": "ConfigMapList"}, "lists are not objects"),
        ("kubernetes:helm.sh/v3:Release", {}, "Helm"),
        ("kubernetes:yaml/v2:ConfigGroup", {}, "YAML"),
    ],
)
def test_what_is_no_object_of_the_api_server_is_refused_by_name(token: str, inputs: dict[str, str], why: str) -> None:
    with pytest.raises(ResourceRefused, match=why) as caught:
        kind_of(token, inputs)
    assert token in str(caught.value)


@pytest.mark.parametrize(
    ("metadata", "text"), [({"name": "a"}, "a"), ({"name": "a", "namespace": "n"}, "n/a")], ids=["cluster", "namespace"]
)
def test_ids_go_both_ways(metadata: dict[str, str], text: str) -> None:
    assert resource_id({"metadata": metadata}) == text
    assert parse_id(text) == (metadata.get("namespace", ""), metadata["name"])
