"""What the checks of the Pod Security Standards have in common."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from guardrails.control import Finding, Unjudged
from guardrails.controls.pods import BASELINE, RESTRICTED
from guardrails.fields import Field
from guardrails.pod_security import MINOR, VERSION, leaves, security_settings, unset_in
from guardrails.resource import Resource

FINDING = Finding(path="a", found="b", allowed="c", fix="d")
NOTE = Unjudged(path="e", reason="is not known")
EXEMPT = Unjudged(path="f", reason="is not known")


def test_the_version_is_that_of_the_sandbox() -> None:
    module = (Path(__file__).parents[2] / "tools" / "controlplane" / "go.mod").read_text(encoding="utf-8")
    assert re.search(rf"k8s.io/kubernetes v1\.{MINOR}\.", module)


@pytest.mark.parametrize("control", [*BASELINE, *RESTRICTED], ids=lambda control: control.id)
def test_every_control_names_the_version(control: Any) -> None:
    assert VERSION in control.source.title
    assert ("restricted" if control in RESTRICTED else "baseline") in control.source.title
    assert f"/v0.{MINOR}." in control.source.url


def _paths(fields: Any) -> list[str]:
    return [("!" if isinstance(field, Unjudged) else "") + field.path for field in fields]


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        ({"b": {"d": 1}, "c": {}}, ["a.b.d", "a.b.e", "a.c.d", "a.c.e"]),
        ({"b": None}, []),
        (None, []),
        ({"b": "x", "c": {}}, ["!a.b", "a.c.d", "a.c.e"]),
        ("x", ["!a"]),
    ],
)
def test_leaves(value: Any, paths: list[str]) -> None:
    assert _paths(leaves(Field(path="a", value=value), ("b", "c"), ("d", "e"))) == paths


@pytest.mark.parametrize(
    ("spec", "paths"),
    [
        (
            {"initContainers": [{}], "containers": [{}, "x"]},
            [
                "spec.securityContext.runAsUser",
                "spec.initContainers[0].securityContext.runAsUser",
                "spec.containers[0].securityContext.runAsUser",
                "!spec.containers[1]",
            ],
        ),
        (None, ["spec.securityContext.runAsUser"]),
        ("x", ["!spec"]),
    ],
)
def test_security_settings(spec: Any, paths: list[str]) -> None:
    pod = Resource(type="kubernetes:core/v1:Pod", name="p", urn="p", props={"spec": spec})
    settings = list(security_settings(pod, "runAsUser"))
    assert _paths(settings) == paths
    service = Resource(type="kubernetes:core/v1:Service", name="s", urn="s", props={"spec": spec})
    assert list(security_settings(service, "runAsUser")) == []


def test_where_a_setting_is_absent() -> None:
    pod: dict[str, Any] = {
        "initContainers": [{"securityContext": {"runAsUser": 7}}],
        "containers": ["x", {}],
        "ephemeralContainers": [{"securityContext": None}],
    }
    job: dict[str, Any] = {"spec": {"template": {"spec": pod}}}
    resource = Resource(type="kubernetes:batch/v1:CronJob", name="j", urn="j", props={"spec": {"jobTemplate": job}})
    _, *own = security_settings(resource, "runAsUser")
    assert unset_in(own) == ["containers[1]", "ephemeralContainers[0]"]
