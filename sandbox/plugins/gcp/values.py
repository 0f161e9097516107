"""Between the engine's property values and plain ones: whole numbers are ints, unknowns are UNKNOWN."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi.provider.experimental.property_value import Computed, PropertyValue

from sandbox.plugins.failures import ResourceRefused
from sandbox.simulator.paths import UNKNOWN, replaced


def plain(properties: Mapping[str, PropertyValue]) -> dict[str, Any]:
    """The plain values of `properties`. Raises ResourceRefused for assets: no simulated type takes them."""
    return {name: _plain(value) for name, value in properties.items()}


def _plain(value: PropertyValue) -> Any:
    inner = value.value
    if isinstance(inner, Computed):
        return UNKNOWN
    if inner is None or isinstance(inner, bool | str):
        return inner
    if isinstance(inner, float):
        return int(inner) if inner.is_integer() else inner
    if isinstance(inner, Mapping):
        return {key: _plain(item) for key, item in inner.items()}
    if isinstance(inner, tuple):
        return [_plain(item) for item in inner]
    raise ResourceRefused(f"a value of kind {value.type.value} cannot be given to a simulated resource")


def wired(values: Mapping[str, Any], secrets: Iterable[str] = ()) -> dict[str, PropertyValue]:
    """The engine's form of `values`, with the places that `secrets` names marked secret."""
    marked: Any = dict(values)
    for path in secrets:
        marked = replaced(marked, path, _Secret)
    return {name: _wired(value) for name, value in marked.items()}


class _Secret:
    def __init__(self, value: Any) -> None:
        self.value = value


def _wired(value: Any) -> PropertyValue:
    if value is UNKNOWN:
        return PropertyValue.computed()
    if isinstance(value, _Secret):
        return _wired(value.value).with_secret(True)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return PropertyValue(float(value))
    if isinstance(value, dict):
        return PropertyValue({key: _wired(item) for key, item in value.items()})
    if isinstance(value, list):
        return PropertyValue([_wired(item) for item in value])
    return PropertyValue(value)
