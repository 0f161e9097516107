"""Between the engine's values and plain ones."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import rpc

from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.gcp.values import plain, wired
from sandbox.plugins.wire import marshal, unmarshal
from sandbox.simulator.paths import UNKNOWN

VALUES: dict[str, Any] = {"i": 3, "f": 0.5, "b": True, "s": "x", "n": None, "l": [1, "a"], "d": {"k": [{"x": 2}]}}


def test_there_and_back() -> None:
    assert plain(wired(VALUES)) == VALUES
    assert [type(plain(wired(VALUES))[key]) for key in "ifb"] == [int, float, bool]


def test_over_the_wire() -> None:
    values = {**VALUES, "u": UNKNOWN, "nested": {"u": [UNKNOWN]}}
    marshalled = marshal(wired(values))
    assert marshalled["u"] == rpc.UNKNOWN, "the engine's own sign for an unknown"
    assert plain(unmarshal(marshalled)) == values


def test_secrets_are_marked_where_they_are() -> None:
    found = wired({"auth": {"key": "k", "ca": "c"}, "labels": {"a": "b"}}, ["auth.key", "labels", "absent.x"])
    assert found["labels"].is_secret
    auth: Any = found["auth"].value
    assert auth["key"].is_secret
    assert not auth["ca"].is_secret
    assert plain(found) == {"auth": {"key": "k", "ca": "c"}, "labels": {"a": "b"}}


def test_assets_are_refused() -> None:
    with pytest.raises(ResourceRefused, match="Asset"):
        plain({"a": PropertyValue(pulumi.StringAsset("x"))})
