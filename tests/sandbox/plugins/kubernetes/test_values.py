"""Between the engine's values and plain JSON."""

from __future__ import annotations

import pulumi
import pytest
from pulumi.provider.experimental.property_value import PropertyValue

from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.kubernetes.values import UNKNOWN, at, has_unknown, path_text, plain_map, to_property

VALUES = {"i": 3, "f": 0.5, "b": True, "l": [1, {"u": UNKNOWN}], "d": {}}


def test_there_and_back() -> None:
    assert plain_map({key: to_property(value) for key, value in VALUES.items()}) == VALUES
    assert has_unknown(VALUES)
    assert not has_unknown({**VALUES, "l": []})


def test_what_is_null_or_the_engines_own_is_left_out() -> None:
    inner = PropertyValue({"kept": PropertyValue("x"), "gone": PropertyValue(None)})
    assert plain_map({"a": inner, "n": PropertyValue(None), "__internal": PropertyValue("x")}) == {"a": {"kept": "x"}}


@pytest.mark.parametrize("asset", [pulumi.StringAsset("hunter2"), pulumi.AssetArchive({})])
def test_assets_are_refused(asset: pulumi.StringAsset | pulumi.AssetArchive) -> None:
    with pytest.raises(ResourceRefused, match=r"(?i)a value of kind a\w+ cannot be sent to Kubernetes") as caught:
        plain_map({"data": PropertyValue({"a": PropertyValue(asset)})})
    assert "hunter2" not in str(caught.value)


def test_paths_are_written_as_the_engine_does() -> None:
    path = ("metadata", "annotations", "pulumi.com/skipAwait", 0)
    assert path_text(path) == 'metadata.annotations["pulumi.com/skipAwait"][0]'


@pytest.mark.parametrize("obj", [{}, {"status": None}, {"status": {}}, {"status": {"conditions": None}}])
def test_null_is_missing(obj: dict[str, object]) -> None:
    assert at(obj, "status", "conditions", default=[]) == []
