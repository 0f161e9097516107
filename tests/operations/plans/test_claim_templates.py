"""Another size of the nodes' disks, or another source of new ones, is refused, and the refusal names what to run."""

from dataclasses import replace
from typing import Any

import pytest

from operations.facts import Action, Failure, Operation
from operations.node_sets import Template
from operations.plans.claim_templates import (
    SIZE_SETTING,
    SOURCE_SETTING,
    changed,
    is_refused_in_place,
    others,
    refusal,
)
from settings import NAMESPACE, StackSettings, descriptions
from tests.operations.sets import SOURCE, URN, inputs, replaced

GIB = 2**30
SERVICE = "urn:pulumi:dev::p2p-nodes::kubernetes:core/v1:Service::p2p-node-1"


@pytest.mark.parametrize("setting", [SIZE_SETTING, SOURCE_SETTING])
def test_the_settings_are_some(setting: str) -> None:
    assert setting in {f"{NAMESPACE}:{'.'.join(path)}" for path, _ in descriptions.leaves(StackSettings)}


def test_another_size_is_found_whatever_the_engine_would_do_about_it() -> None:
    operation = replaced(inputs("50Gi"), inputs("60Gi"))
    for action in (Action.REPLACE, Action.UPDATE):
        [found] = changed([replace(operation, action=action)])
        assert (found.template, found.before.size, found.after.size) == ("data", 50 * GIB, 60 * GIB)
        assert not found.shrinks
    [found] = changed([replaced(inputs("50Gi"), inputs("40Gi"))])
    assert found.shrinks


@pytest.mark.parametrize(("before", "after"), [("", "last-night"), ("last-week", "last-night"), ("last-week", "")])
def test_so_is_another_source(before: str, after: str) -> None:
    [found] = changed([replaced(inputs(snapshot=before), inputs(snapshot=after))])
    assert (found.before, found.after) == tuple(
        Template(size=50 * GIB, source=name and SOURCE.replace("last-night", name)) for name in (before, after)
    )
    assert not found.shrinks


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (inputs(), inputs(replicas=3)),
        (inputs("1Ti"), inputs("1024Gi")),
        ({}, inputs("60Gi")),
        (inputs("60Gi"), {}),
        (inputs(snapshot="last-night"), inputs(snapshot="last-night", image="a:2")),
        (inputs(), inputs(storage_class="balanced")),
    ],
)
def test_everything_else_is_none(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert changed([replaced(before, after)]) == ()


def test_growth_is_refused_with_the_command() -> None:
    text = refusal("dev", changed([replaced(inputs("50Gi"), inputs("60Gi"))]))
    assert "does not begin. Nothing was changed." in text
    assert "claims of data: 50 GiB to 60 GiB" in text
    assert "`make grow-disks STACK=dev SIZE=60Gi`" in text


def test_another_source_is_refused_with_the_present_size() -> None:
    text = refusal("dev", changed([replaced(inputs("50Gi"), inputs("50Gi", snapshot="last-night"))]))
    assert f"claims of data: 50 GiB to 50 GiB filled from {SOURCE}" in text
    assert "`make grow-disks STACK=dev SIZE=50Gi`" in text


def test_shrinking_is_refused_without_one() -> None:
    text = refusal("dev", changed([replaced(inputs("50Gi"), inputs("40Gi"))]))
    assert "Volumes cannot shrink. Set p2p-nodes:node.disk_gib in Pulumi.dev.yaml back to 50 GiB." in text
    assert "grow-disks" not in text


def test_size_and_source_alone_are_no_other_change() -> None:
    outputs = Operation(urn="urn:pulumi:dev::p2p-nodes::pulumi:pulumi:Stack::p", action=Action.UPDATE)
    made = Operation(urn=replaced({}, {}).urn, action=Action.CREATE, after=inputs())
    assert others([replaced(inputs("50Gi"), inputs("60Gi")), outputs, made], URN) == ()
    assert others([replaced(inputs("50Gi"), inputs("60Gi", snapshot="last-night"))], URN) == ()
    assert others([replaced(inputs(snapshot="last-week"), inputs(snapshot="last-night"))], URN) == ()


@pytest.mark.parametrize(
    "after",
    [
        inputs("60Gi", image="a:2"),
        inputs("60Gi", replicas=3),
        inputs("60Gi", storage_class="balanced"),
        inputs(snapshot="last-night", image="a:2"),
        {},
    ],
)
def test_what_would_roll_pods_or_ask_for_other_disks_is_another_change(after: dict[str, Any]) -> None:
    change = replaced(inputs("50Gi"), after)
    assert others([change], URN) == (change,)


def test_so_is_every_other_resource() -> None:
    second = Operation(urn=f"{URN}-2", action=Action.CREATE, after=inputs())
    assert others([second, replaced(inputs("50Gi"), inputs("60Gi"))], URN) == (second,)
    service = Operation(urn=SERVICE, action=Action.DELETE, before={"spec": {}})
    assert others([service, replaced(inputs("50Gi"), inputs("60Gi"))], URN) == (service,)


def test_the_api_server_s_refusal_in_a_preview_is_recognised() -> None:
    words = (
        'StatefulSet.apps "p2p-node" is invalid: spec: Forbidden: updates to statefulset spec for fields other than '
        "'replicas', 'ordinals', 'template' and 'minReadySeconds' are forbidden"
    )
    assert is_refused_in_place([Failure(urn="", message="preview failed"), Failure(urn="u", message=words)])
    assert not is_refused_in_place([Failure(urn="", message="preview failed")])
