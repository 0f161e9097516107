"""The edge to the policy SDK, with the SDK's own proxies, sentinels and assets."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from guardrails.conversion import to_plain, to_props
from guardrails.plain import UNKNOWN, Plain
from hypothesis import given
from hypothesis import strategies as st
from pulumi_policy import proxy
from pulumi_policy.deserialize import (
    SPECIAL_ASSET_SIG,
    SPECIAL_SECRET_SIG,
    SPECIAL_SIG_KEY,
    deserialize_properties,
)
from pulumi_policy.proxy import unknown_checking_proxy

_SENTINELS = [value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_")]


def _received(props: dict[str, Any]) -> dict[str, Any]:
    """What the SDK hands to a policy for properties that came over the wire."""
    return unknown_checking_proxy(deserialize_properties(props))


_plain_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


def _over_the_wire(value: Any) -> Any:
    match value:
        case bool():
            return value
        case int():
            return float(value)
        case list():
            return [_over_the_wire(element) for element in value]
        case dict():
            return {key: _over_the_wire(element) for key, element in value.items()}
        case _:
            return value


@given(st.dictionaries(st.text(), _plain_values, max_size=5))
def test_what_was_declared_comes_back_as_plain_data(declared: dict[str, Any]) -> None:
    plain = to_props(_received(_over_the_wire(declared)))
    assert plain == declared
    assert type(plain) is dict


def test_numbers_and_booleans_keep_their_kind() -> None:
    plain = to_props(_received({"replicas": 2.0, "share": 0.5, "on": True}))
    assert [type(value) for value in plain.values()] == [int, float, bool]


def test_seven_kinds_of_sentinel_are_known() -> None:
    assert len(_SENTINELS) == 7


@pytest.mark.parametrize("sentinel", _SENTINELS)
def test_unknowns_are_unknown_wherever_they_are(sentinel: str) -> None:
    received = _received({"a": sentinel, "b": [sentinel, "x", {"c": sentinel}], "d": {"e": [[sentinel]]}})
    assert to_props(received) == {"a": UNKNOWN, "b": [UNKNOWN, "x", {"c": UNKNOWN}], "d": {"e": [[UNKNOWN]]}}
    assert to_plain(received["b"][0:2]) == [UNKNOWN, "x"]
    assert to_plain(f"registry.example/{sentinel}:1.2.3") is UNKNOWN


def test_a_property_named_like_the_proxies_own_key_leaks_nothing() -> None:
    plain = to_props(_received({"data": {"__target": _SENTINELS[0], "a": "b"}}))
    assert not any(sentinel in str(plain) for sentinel in _SENTINELS)


@pytest.mark.parametrize(
    ("received", "plain"),
    [
        (pulumi.FileAsset("a.txt"), {"path": "a.txt"}),
        (pulumi.StringAsset("text"), {"text": "text"}),
        (pulumi.RemoteAsset("https://a.example"), {"uri": "https://a.example"}),
        (pulumi.FileArchive("a.zip"), {"path": "a.zip"}),
        (pulumi.RemoteArchive("https://a.example"), {"uri": "https://a.example"}),
        (pulumi.AssetArchive({"a": pulumi.StringAsset("text")}), {"assets": {"a": {"text": "text"}}}),
        (object(), UNKNOWN),
        ("[secret]", UNKNOWN),
    ],
    ids=lambda value: type(value).__name__,
)
def test_special_values(received: object, plain: Plain) -> None:
    assert to_plain(received) == plain


def test_secrets_and_assets_from_the_wire() -> None:
    wire = {
        "password": {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": "hunter2"},
        "asset": {SPECIAL_SIG_KEY: SPECIAL_ASSET_SIG, "text": "body"},
    }
    assert to_props(_received(wire)) == {"password": "hunter2", "asset": {"text": "body"}}
