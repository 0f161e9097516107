"""What becomes of objects on their way into the state."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.plugins.kubernetes.objects import (
    drifted,
    hide_secrets,
    previewed,
    shaped,
    to_state,
    with_string_data,
)
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import UNKNOWN, path_text, plain_map, to_plain, to_property

SERVICE = Kind(api_version="v1", name="Service")
SECRET = Kind(api_version="v1", name="Secret")

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@given(documents)
def test_values_survive_the_way_to_the_engine_and_back(document: Any) -> None:
    assert to_plain(to_property(document)) == without_nulls(document)


@given(documents, documents)
def test_what_nobody_changed_is_no_drift(inputs: Any, live: Any) -> None:
    assert drifted(inputs, live, live) == inputs


@pytest.mark.parametrize(
    ("inputs", "live", "intended", "expected"),
    [
        ({"cpu": "1000m"}, {"cpu": "1"}, {"cpu": "1"}, {"cpu": "1000m"}),
        ({"cpu": "1000m"}, {"cpu": "2"}, {"cpu": "1"}, {"cpu": "2"}),
        ({"a": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 3}, {"a": 1}),
        ({"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": 2}, {"a": 1}),
        ({"stringData": {"a": "x"}}, {"z": 1}, {"z": 2}, {"stringData": {"a": "x"}}),
        ([{"p": 1}], [{"p": 2, "n": 9}], [{"p": 1, "n": 8}], [{"p": 2}]),
        ([{"p": 1}], [{"p": 1}, {"p": 5}], [{"p": 1}], [{"p": 1}, {"p": 5}]),
    ],
)
def test_drift(inputs: Any, live: Any, intended: Any, expected: Any) -> None:
    assert drifted(inputs, live, intended) == expected


def test_shaped_keeps_only_what_was_declared() -> None:
    assert shaped({"a": {"b": 1}, "gone": 1}, {"a": {"b": 2, "c": 3}, "status": {}}) == {"a": {"b": 2}}


def test_a_preview_of_a_service_keeps_what_was_given() -> None:
    spec = {"type": "LoadBalancer", "clusterIP": "None", "ports": [{"port": 1, "nodePort": 30001}, {"port": 2}]}
    answer_ports: list[Any] = [{"port": 1, "nodePort": 30001}, {"port": 2, "nodePort": 31999}]
    answer: dict[str, Any] = {
        "metadata": {"name": "x", "uid": "u"},
        "spec": {**spec, "ports": answer_ports},
        "status": {"a": 1},
    }
    promised = previewed(SERVICE, {"spec": spec}, answer, live=None)
    assert promised["spec"]["clusterIP"] == "None"
    assert promised["spec"]["clusterIPs"] == ["None"]
    assert [port["nodePort"] for port in promised["spec"]["ports"]] == [30001, UNKNOWN]
    assert promised["metadata"]["uid"] is UNKNOWN
    assert answer["metadata"]["uid"] == "u", "the answer itself is not touched"


def test_a_preview_of_an_update_keeps_what_the_object_already_has() -> None:
    live = {"spec": {"clusterIP": "10.0.0.1", "ports": [{"port": 1, "nodePort": 31999}]}}
    answer = {"metadata": {"uid": "u", "generation": 1}, "spec": live["spec"]}
    promised = previewed(SERVICE, {"spec": {}}, answer, live=live)
    assert promised["spec"]["clusterIP"] == "10.0.0.1"
    assert promised["spec"]["ports"][0]["nodePort"] == 31999
    assert promised["metadata"] == {"uid": "u", "generation": UNKNOWN, "resourceVersion": UNKNOWN}


def test_the_state_holds_no_managed_fields_and_no_plain_secret() -> None:
    last_applied = "kubectl.kubernetes.io/last-applied-configuration"
    metadata = {"name": "x", "managedFields": [{}], "annotations": {last_applied: "hunter2", "a": "b"}}
    state = to_state(SECRET, {"metadata": metadata, "data": {"a": "aHVudGVyMg=="}, "stringData": {}}, manager="m")
    assert state["data"].is_secret
    assert state["stringData"].is_secret
    metadata_value: Any = state["metadata"].value
    annotations = metadata_value["annotations"].value
    assert annotations[last_applied].is_secret
    assert not annotations["a"].is_secret
    assert "managedFields" not in plain_map(state)["metadata"]
    assert state["__fieldManager"].value == "m"


def test_messages_about_a_secret_do_not_quote_it() -> None:
    obj = {"stringData": {"a": "hunter2", "b": ""}, "data": {"c": "eA=="}}
    assert hide_secrets(SECRET, "bad hunter2 and eA==", obj) == "bad [secret] and [secret]"
    assert hide_secrets(SERVICE, "bad hunter2", obj) == "bad hunter2"


def test_string_data_is_read_back_as_it_was_written() -> None:
    live = {"data": {"a": "bmV3", "b": "eA==", "c": "/w=="}}
    shown = with_string_data({"stringData": {"a": "old", "c": "x"}, "data": {"b": "eA=="}}, live)
    assert shown == {"data": {"b": "eA=="}, "stringData": {"a": "new"}}
    assert with_string_data({"data": {}}, live) is live


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("spec", "ports", 0, "port"), "spec.ports[0].port"),
        (("metadata", "annotations", "pulumi.com/skipAwait"), 'metadata.annotations["pulumi.com/skipAwait"]'),
        (("data", 'a"b'), 'data["a\\"b"]'),
    ],
)
def test_paths_in_the_engines_notation(path: tuple[str | int, ...], text: str) -> None:
    assert path_text(path) == text


def test_an_object_whose_metadata_is_not_known_yet_can_be_previewed() -> None:
    obj = {"apiVersion": "v1", "kind": "Secret", "metadata": UNKNOWN, "stringData": UNKNOWN}
    promised = previewed(SECRET, obj, obj, live=None)
    state = to_state(SECRET, promised)
    assert plain_map(state) == {**obj, "status": UNKNOWN}
    assert state["stringData"].is_secret
    assert hide_secrets(SECRET, "refused", obj) == "refused"
