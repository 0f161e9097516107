"""Diff: what changed, and whether it means a new object."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.provider.experimental.provider import PropertyDiffKind

from sandbox.plugins.kubernetes.difference import difference
from sandbox.plugins.kubernetes.replacement import TABLE, Mutability
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import UNKNOWN, Object

GROUPS = {
    "StatefulSet": "apps/v1",
    "Deployment": "apps/v1",
    "DaemonSet": "apps/v1",
    "Job": "batch/v1",
    "RoleBinding": "rbac.authorization.k8s.io/v1",
    "StorageClass": "storage.k8s.io/v1",
}


def diff(kind: str, old: Object, new: Object, **options: Any) -> Any:
    api_version = GROUPS.get(kind, "v1")
    metadata = {"metadata": {"name": "x", "namespace": "n"}}
    chosen = {"ignored": options.pop("ignored", []), "mutability": Mutability(**options)}
    return difference(Kind(api_version=api_version, name=kind), {**metadata, **old}, {**metadata, **new}, **chosen)


@pytest.mark.parametrize(
    ("kind", "old", "new", "replaces"),
    [
        ("ConfigMap", {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, ["metadata.name"]),
        ("ConfigMap", {"metadata": {"name": "a"}}, {"metadata": {"name": "a", "labels": {"l": "1"}}}, []),
        ("ConfigMap", {"data": {"a.b": "1"}}, {"data": {"a.b": "2"}}, ['data["a.b"]']),
        ("ConfigMap", {"data": {"a": "1"}}, {}, ["data.a"]),
        ("Secret", {"stringData": {"a": "1"}}, {"stringData": {"a": "2"}}, ["stringData.a"]),
        ("Secret", {"type": "Opaque"}, {"type": "x/y"}, ["type"]),
        ("StorageClass", {"parameters": {"type": "pd-ssd"}}, {"parameters": {"type": "x"}}, ["parameters.type"]),
        ("StorageClass", {"allowVolumeExpansion": False}, {"allowVolumeExpansion": True}, []),
        ("StorageClass", {"reclaimPolicy": "Delete"}, {"reclaimPolicy": "Retain"}, []),
        ("StatefulSet", {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, []),
        ("StatefulSet", {"spec": {"serviceName": "a"}}, {"spec": {"serviceName": "b"}}, ["spec.serviceName"]),
        (
            "StatefulSet",
            {"spec": {"selector": {"matchLabels": {"a": "1"}}}},
            {"spec": {"selector": {"matchLabels": {"a": "2"}}}},
            ["spec.selector.matchLabels.a"],
        ),
        (
            "StatefulSet",
            {"spec": {"volumeClaimTemplates": [{"spec": {"resources": {"requests": {"storage": "50Gi"}}}}]}},
            {"spec": {"volumeClaimTemplates": [{"spec": {"resources": {"requests": {"storage": "60Gi"}}}}]}},
            ["spec.volumeClaimTemplates[0].spec.resources.requests.storage"],
        ),
        ("StatefulSet", {}, {"spec": {"revisionHistoryLimit": 3}}, ["spec.revisionHistoryLimit"]),
        ("Deployment", {"spec": {"strategy": {"type": "Recreate"}}}, {"spec": {"strategy": {"type": "R"}}}, []),
        ("Deployment", {"spec": {"selector": {"a": "1"}}}, {"spec": {"selector": {"a": "2"}}}, ["spec.selector.a"]),
        ("Job", {"spec": {"template": {"a": 1}}}, {"spec": {"template": {"a": 2}}}, ["spec.template.a"]),
        ("RoleBinding", {"roleRef": {"name": "a"}}, {"roleRef": {"name": "b"}}, ["roleRef.name"]),
        ("Service", {"spec": {"clusterIP": "None"}}, {"spec": {}}, ["spec.clusterIP"]),
        ("Service", {"spec": {"type": "ClusterIP"}}, {"spec": {"type": "LoadBalancer"}}, []),
        (
            "PersistentVolumeClaim",
            {"spec": {"resources": {"requests": {"storage": "1Gi"}}}},
            {"spec": {"resources": {"requests": {"storage": "2Gi"}}}},
            [],
        ),
        (
            "PersistentVolumeClaim",
            {"spec": {"storageClassName": "a"}},
            {"spec": {"storageClassName": "b"}},
            ["spec.storageClassName"],
        ),
        (
            "Pod",
            {"spec": {"containers": [{"name": "a", "image": "x"}]}},
            {"spec": {"containers": [{"name": "a", "image": "y"}]}},
            ["spec.containers[0].image"],
        ),
        ("Pod", {"spec": {"tolerations": []}}, {"spec": {"tolerations": [{"key": "a"}]}}, []),
    ],
)
def test_the_table_decides_what_is_replaced(kind: str, old: Object, new: Object, replaces: list[str]) -> None:
    answer = diff(kind, old, new)
    assert answer.changes
    assert answer.replaces == replaces


@pytest.mark.parametrize(
    ("kind", "field", "option"), [("ConfigMap", "data", "config_maps"), ("Secret", "stringData", "secrets")]
)
def test_content_changes_in_place_where_the_provider_says_so(kind: str, field: str, option: str) -> None:
    old, new = {field: {"a": "1"}}, {field: {"a": "2"}}
    assert diff(kind, old, new).replaces
    assert not diff(kind, old, new, **{option: True}).replaces
    assert diff(kind, old, {**new, "immutable": True}, **{option: True}).replaces


def test_nothing_changed_is_no_change() -> None:
    answer = diff("ConfigMap", {"data": {"a": "1"}}, {"data": {"a": "1"}})
    assert answer.changes is False
    assert not answer.delete_before_replace


def test_kinds_of_change_and_paths() -> None:
    answer = diff(
        "StatefulSet",
        {"spec": {"a": 1, "b": [1, 2], "serviceName": "x"}},
        {"spec": {"b": [1], "c": {"d": True}}},
    )
    assert {path: change.kind for path, change in answer.detailed_diff.items()} == {
        "spec.a": PropertyDiffKind.DELETE,
        "spec.b[1]": PropertyDiffKind.DELETE,
        "spec.serviceName": PropertyDiffKind.DELETE_REPLACE,
        "spec.c.d": PropertyDiffKind.ADD,
    }
    assert answer.diffs == ["spec"]


def test_the_old_object_goes_first_only_where_the_new_one_takes_its_place() -> None:
    assert diff("ConfigMap", {"data": {"a": "1"}}, {"data": {"a": "2"}}).delete_before_replace
    renamed = diff("ConfigMap", {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}, "data": {"a": "2"}})
    assert renamed.replaces
    assert not renamed.delete_before_replace


def test_an_unknown_value_may_be_a_change() -> None:
    assert diff("Service", {"spec": {"clusterIP": "10.0.0.1"}}, {"spec": {"clusterIP": UNKNOWN}}).replaces


@pytest.mark.parametrize("ignored", ["spec", "spec.replicas"])
def test_ignored_changes_are_no_changes(ignored: str) -> None:
    answer = diff("StatefulSet", {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, ignored=[ignored])
    assert not answer.changes


def test_true_and_one_are_different() -> None:
    assert diff("ConfigMap", {"immutable": True}, {"immutable": 1}).changes


def test_no_path_of_the_table_is_written_twice() -> None:
    for paths in TABLE.values():
        assert len(paths) == len(set(paths))
