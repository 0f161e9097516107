"""The annotations that steer one object."""

from __future__ import annotations

import pytest

from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.kubernetes.annotations import Wishes, wishes
from sandbox.plugins.kubernetes.jsonpath import parse_condition
from sandbox.plugins.kubernetes.values import UNKNOWN, Object


def annotated(**values: object) -> Object:
    return {"metadata": {"annotations": {f"pulumi.com/{key}": value for key, value in values.items()}}}


def test_without_annotations_the_official_defaults_hold() -> None:
    assert wishes({"metadata": {}}) == wishes({"metadata": {"annotations": UNKNOWN}}) == Wishes()
    assert wishes({"metadata": {}}).propagation == "Foreground"


def test_every_annotation_is_honoured() -> None:
    read = wishes(
        annotated(skipAwait="true", timeoutSeconds="90", deletionPropagationPolicy="Orphan", patchForce="True")
    )
    assert read == Wishes(skip_await=True, timeout_seconds=90, propagation="Orphan", patch_force=True)


@pytest.mark.parametrize(
    ("annotation", "value", "why"),
    [
        ("timeoutSeconds", "soon", "'soon' is not a number of seconds"),
        ("timeoutSeconds", "0", "not a positive number"),
        ("deletionPropagationPolicy", "slowly", "'slowly' is none of"),
        ("waitFor", "phase=Running", "starts with neither"),
        ("waitFor", "[]", "at least one condition"),
        ("waitFor", "jsonpath=.status.phase", "must be in braces"),
        ("waitFor", "jsonpath={.a[?(@.b)]}", r"is not understood here"),
        ("waitFor", "condition=", "names no condition"),
    ],
)
def test_a_value_that_means_nothing_is_refused(annotation: str, value: str, why: str) -> None:
    with pytest.raises(ResourceRefused, match=why) as caught:
        wishes(annotated(**{annotation: value}))
    assert f"pulumi.com/{annotation}" in str(caught.value)


@pytest.mark.parametrize("value", [["a"], "a=b", 7])
def test_annotations_that_are_no_object_are_refused(value: object) -> None:
    with pytest.raises(ResourceRefused, match=r"metadata\.annotations: must be an object"):
        wishes({"metadata": {"annotations": value}})


LIVE = {
    "status": {
        "phase": "Running",
        "ready": True,
        "count": 2,
        "conditions": [{"type": "Ready", "status": "True"}, {"type": "Late", "status": "False"}],
        "items": [{"ip": "a"}, {"ip": "a"}],
        "labels": {"a.b/c": "d"},
    }
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("jsonpath={.status.phase}=Running", True),
        ("jsonpath={.status.phase}=Pending", False),
        ("jsonpath={.status.phase}", True),
        ("jsonpath={.status.missing}", False),
        ("jsonpath={$.status.ready}=true", True),
        ("jsonpath={.status.count}='2'", True),
        ("jsonpath={.status.items[1].ip}=a", True),
        ("jsonpath={.status.items[*].ip}=a", True),
        ("jsonpath={.status.labels['a.b/c']}=d", True),
        (r"jsonpath={.status.labels.a\.b/c}=d", True),
        ("condition=Ready", True),
        ("condition=ready=true", True),
        ("condition=Late", False),
        ("condition=Late=False", True),
        ("condition=Other", False),
    ],
)
def test_conditions(text: str, holds: bool) -> None:
    assert parse_condition(text).holds(LIVE) is holds


def test_several_conditions_are_given_as_a_json_list() -> None:
    read = wishes(annotated(waitFor='["condition=Ready", "jsonpath={.status.phase}=Running"]'))
    assert [condition.text for condition in read.wait_for] == ["condition=Ready", "jsonpath={.status.phase}=Running"]
