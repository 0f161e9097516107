"""References and what they lead to: the book finds what a look at every address finds."""

from __future__ import annotations

from typing import Any

import pytest
from guardrails.certainty import Verdict, sort
from guardrails.control import Placed, Unjudged
from guardrails.object_addresses import AddressBook, address, reference
from guardrails.plain import UNKNOWN, Plain
from guardrails.resource import Resource
from hypothesis import given
from hypothesis import strategies as st


def _object(
    namespace: Plain, name: Plain, type_: str = "kubernetes:apps/v1:Deployment", urn: str = "object"
) -> Resource:
    return Resource(type=type_, name="object", urn=urn, props={"metadata": {"namespace": namespace, "name": name}})


def _scaler(target: Plain, namespace: Plain = None) -> Resource:
    props: dict[str, Plain] = {"metadata": {"namespace": namespace}, "spec": {"targetRef": target}}
    return Resource(type="kubernetes:example.com/v1:Scaler", name="scaler", urn="scaler", props=props)


def _leads(target: Plain, to: Resource, namespace: Plain = None) -> Verdict:
    return reference(_scaler(target, namespace), "spec", "targetRef").is_that_of(address(to))


def _path(verdict: Verdict) -> tuple[str, str]:
    assert isinstance(verdict, tuple)
    resource, outcome = verdict
    assert isinstance(outcome, Unjudged)
    return resource.urn, outcome.path


def test_version_does_not_matter_and_the_default_namespace_has_a_name() -> None:
    target: Plain = {"apiVersion": "apps/v1beta2", "kind": "Deployment", "name": "web"}
    assert _leads(target, _object("default", "web")) is True
    assert _leads(target, _object(None, "web"), namespace="default") is True
    assert _leads(target, _object("web", "web")) is False


def test_core_group_has_no_name_in_references() -> None:
    pod = _object(None, "web", "kubernetes:core/v1:Pod")
    assert _leads({"apiVersion": "v1", "kind": "Pod", "name": "web"}, pod) is True
    assert _leads({"apiVersion": "apps/v1", "kind": "Pod", "name": "web"}, pod) is False


@pytest.mark.parametrize(
    ("target", "namespace", "path"),
    [
        (UNKNOWN, None, "spec.targetRef"),
        ("web", None, "spec.targetRef"),
        ({"apiVersion": UNKNOWN, "kind": "Deployment", "name": "web"}, None, "spec.targetRef.apiVersion"),
        ({"apiVersion": 1, "kind": "Deployment", "name": "web"}, None, "spec.targetRef.apiVersion"),
        ({"apiVersion": "apps/v1", "kind": UNKNOWN, "name": "web"}, None, "spec.targetRef.kind"),
        ({"apiVersion": "apps/v1", "kind": "Deployment", "name": UNKNOWN}, None, "spec.targetRef.name"),
        ({"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, UNKNOWN, "metadata.namespace"),
    ],
)
def test_reference_that_leaves_it_open(target: Plain, namespace: Plain, path: str) -> None:
    assert _path(_leads(target, _object("default", "web"), namespace)) == ("scaler", path)


def test_object_that_leaves_it_open() -> None:
    target: Plain = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    assert _path(_leads(target, _object(UNKNOWN, "web"))) == ("object", "metadata.namespace")
    assert _path(_leads(target, _object(None, UNKNOWN))) == ("object", "metadata.name")
    assert _path(_leads(target, _object(None, None))) == ("object", "metadata.name")


def test_what_differs_decides() -> None:
    assert _leads({"apiVersion": UNKNOWN, "kind": "StatefulSet", "name": "web"}, _object(None, "web")) is False
    assert _leads({"kind": "Deployment", "name": UNKNOWN}, _object(None, "web")) is False
    assert _leads(None, _object(None, "web")) is False


_names = st.sampled_from(["a", "b", None, UNKNOWN])


@given(st.lists(st.tuples(_names, _names), max_size=5), _names, _names)
def test_book_finds_what_every_address_says(objects: list[Any], name: Any, namespace: Any) -> None:
    declared = [_object(namespace_, name_, urn=f"{index}") for index, (namespace_, name_) in enumerate(objects)]
    wanted = reference(
        _scaler({"apiVersion": "apps/v1", "kind": "Deployment", "name": name}, namespace), "spec", "targetRef"
    )
    found = AddressBook(map(address, declared)).at(wanted)
    by_hand = sort(declared, lambda one: wanted.is_that_of(address(one)))
    assert {one.urn for one in found.sure} == {one.urn for one in by_hand.sure}
    assert _texts(found.doubts) == _texts(by_hand.doubts)


def _texts(placed: tuple[Placed, ...]) -> list[str]:
    return sorted(f"{resource.urn} {outcome}" for resource, outcome in placed)
