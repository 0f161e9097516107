"""The walk over pods: every kind, every list, and no other kind."""

from __future__ import annotations

from typing import Any

import pytest
from guardrails.control import Resource
from guardrails.kinds import is_patch
from guardrails.pods import containers, images, pod_spec

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
    assert is_patch(resource) == bool(suffix)
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
    assert [*containers(resource), *images(resource)] == []
