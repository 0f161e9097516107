"""The edge to the engine's protocol, with the SDK's own sentinels and signatures."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct, Value
from guardrails.conversion import to_props
from guardrails.plain import UNKNOWN, Plain
from hypothesis import given
from hypothesis import strategies as st
from pulumi_policy import proxy
from pulumi_policy.deserialize import (
    SPECIAL_ARCHIVE_SIG,
    SPECIAL_ASSET_SIG,
    SPECIAL_SECRET_SIG,
    SPECIAL_SIG_KEY,
)

_SENTINELS = [value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_")]


def _received(props: dict[str, Any]) -> Struct:
    """Properties as they come over the wire."""
    return json_format.ParseDict(props, Struct())


_plain_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), _plain_values, max_size=5))
def test_what_was_declared_comes_back_as_plain_data(declared: dict[str, Any]) -> None:
    plain = to_props(_received(declared))
    assert plain == declared
    assert type(plain) is dict


def test_numbers_and_booleans_keep_their_kind() -> None:
    plain = to_props(_received({"replicas": 2.0, "share": 0.5, "on": True}))
    assert [type(value) for value in plain.values()] == [int, float, bool]


def test_what_the_protocol_leaves_open_is_unknown() -> None:
    assert to_props(Struct(fields={"a": Value()})) == {"a": UNKNOWN}
    assert to_props(Struct(fields={"a": Value(number_value=float("inf"))})) == {"a": float("inf")}


def test_seven_kinds_of_sentinel_are_known() -> None:
    assert len(_SENTINELS) == 7


@pytest.mark.parametrize("sentinel", _SENTINELS)
def test_unknowns_are_unknown_wherever_they_are(sentinel: str) -> None:
    received = _received({"a": sentinel, "b": [sentinel, "x", {"c": sentinel}], "d": {"e": [[f"a/{sentinel}:1.2.3"]]}})
    assert to_props(received) == {"a": UNKNOWN, "b": [UNKNOWN, "x", {"c": UNKNOWN}], "d": {"e": [[UNKNOWN]]}}


@pytest.mark.parametrize(
    ("received", "plain"),
    [
        ({SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": "hunter2"}, "hunter2"),
        ({SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": {"a": [1]}}, {"a": [1]}),
        ({SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG}, UNKNOWN),
        ({SPECIAL_SIG_KEY: SPECIAL_ASSET_SIG, "path": "a.txt"}, {"path": "a.txt"}),
        ({SPECIAL_SIG_KEY: SPECIAL_ASSET_SIG, "text": "body", "hash": "x"}, {"text": "body"}),
        ({SPECIAL_SIG_KEY: SPECIAL_ASSET_SIG, "uri": "https://a.example"}, {"uri": "https://a.example"}),
        ({SPECIAL_SIG_KEY: SPECIAL_ASSET_SIG}, UNKNOWN),
        (
            {
                SPECIAL_SIG_KEY: SPECIAL_ARCHIVE_SIG,
                "assets": {"a": {SPECIAL_SIG_KEY: SPECIAL_ASSET_SIG, "text": "body"}},
            },
            {"assets": {"a": {"text": "body"}}},
        ),
        ({SPECIAL_SIG_KEY: "of a protocol to come", "value": "x"}, UNKNOWN),
        ({SPECIAL_SIG_KEY: ["no", "text"]}, UNKNOWN),
        ("[secret]", UNKNOWN),
    ],
)
def test_special_values(received: Any, plain: Plain) -> None:
    assert to_props(_received({"it": received})) == {"it": plain}
