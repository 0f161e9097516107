"""The walk over pods: every kind, every list, and no other kind."""

from __future__ import annotations

from typing import Any

import pytest
from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.plain import UNKNOWN, Plain
from guardrails.pods import containers, elements_at, images, pod_annotations, pod_spec, volumes
from guardrails.resource import Resource

_KINDS = [
    ("core/v1:Pod", "spec"),
    ("core/v1:PodTemplate", "template.spec"),
    ("core/v1:ReplicationController", "spec.template.spec"),
    ("apps/v1:ReplicaSet", "spec.template.spec"),
    ("apps/v1:Deployment", "spec.template.spec"),
    ("apps/v1:StatefulSet", "spec.template.spec"),
    ("apps/v1:DaemonSet", "spec.template.spec"),
    ("apps/v1beta1:Deployment", "spec.template.spec"),
    ("extensions/v1beta1:Deployment", "spec.template.spec"),
    ("batch/v1:Job", "spec.template.spec"),
    ("batch/v1:CronJob", "spec.jobTemplate.spec.template.spec"),
]


def _resource(type_: str, path: str, spec: Any) -> Resource:
    for key in reversed(path.split(".")):
        spec = {key: spec}
    return Resource(type=f"kubernetes:{type_}", name="n", urn="urn:n", props=spec)


@pytest.mark.parametrize("suffix", ["", "Patch"])
@pytest.mark.parametrize(("type_", "path"), _KINDS)
def test_every_kind_and_its_patch(type_: str, path: str, suffix: str) -> None:
    resource = _resource(
        type_ + suffix,
        path,
        {
            "containers": [{"image": "a"}, {"image": "b"}],
            "initContainers": [{"image": "c"}],
            "ephemeralContainers": [{"image": "d"}],
            "volumes": [{"name": "data"}, {"image": {"reference": "e"}}],
        },
    )
    assert resource.is_patch == bool(suffix)
    assert {container.path for container in containers(resource)} == {
        f"{path}.containers[0]",
        f"{path}.containers[1]",
        f"{path}.initContainers[0]",
        f"{path}.ephemeralContainers[0]",
    }
    assert {image.path: getattr(image, "value", None) for image in images(resource)} == {
        f"{path}.containers[0].image": "a",
        f"{path}.containers[1].image": "b",
        f"{path}.initContainers[0].image": "c",
        f"{path}.ephemeralContainers[0].image": "d",
        f"{path}.volumes[1].image.reference": "e",
    }
    assert [volume.path for volume in volumes(resource)] == [f"{path}.volumes[0]", f"{path}.volumes[1]"]


@pytest.mark.parametrize(("type_", "path"), _KINDS)
def test_annotations_of_the_pods_themselves(type_: str, path: str) -> None:
    annotated = path.removesuffix("spec") + "metadata"
    resource = _resource(type_, annotated, {"annotations": {"a": "b"}})
    annotations = pod_annotations(resource)
    assert isinstance(annotations, Field)
    assert (annotations.path, annotations.value) == (f"{annotated}.annotations", {"a": "b"})


@pytest.mark.parametrize(
    ("value", "paths"), [(None, []), ([1, UNKNOWN], ["a.b[0]", "a.b[1]"]), ("x", ["a.b"]), (UNKNOWN, ["a.b"])]
)
def test_elements_at(value: Plain, paths: list[str]) -> None:
    assert [element.path for element in elements_at(Field(path="a", value={"b": value}), "b")] == paths
    unjudged = Unjudged(path="a", reason="is not known")
    assert list(elements_at(unjudged, "b")) == [unjudged]


@pytest.mark.parametrize(
    "type_",
    [
        "kubernetes:core/v1:Service",
        "kubernetes:core/v1:ServicePatch",
        "kubernetes:batch.volcano.sh/v1alpha1:Job",
        "gcp:container/cluster:Cluster",
        "pulumi:pulumi:Stack",
        "pulumi:providers:kubernetes",
        "kubernetes:yaml:ConfigFile",
        "Pod",
        "",
    ],
)
def test_no_other_kind(type_: str) -> None:
    spec: Any = {"spec": {"containers": [{"image": "a"}], "template": {"spec": {"containers": [{"image": "a"}]}}}}
    resource = Resource(type=type_, name="n", urn="urn:n", props=spec)
    assert pod_spec(resource) is None
    assert pod_annotations(resource) is None
    assert [*containers(resource), *images(resource), *volumes(resource)] == []
