"""Property values on the wire, with the unknown ones that the SDK's experimental server does not know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pulumi.provider.experimental.property_value import Computed, PropertyValue

# Source: github.com/pulumi/pulumi/sdk/v3 v3.250.0, go/common/resource/plugin/rpc.go, Unknown*Value. The engine writes
# the one that fits the type, where it knows it; the first means an unknown of any type.
SENTINELS: Final = (
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
)


def unmarshal(struct: Any) -> dict[str, PropertyValue]:
    """Properties from a protobuf struct; unknown values become Computed."""
    return {key: _each(value, _to_computed) for key, value in PropertyValue.unmarshal_map(struct).items()}


def marshal(properties: Mapping[str, PropertyValue]) -> Any:
    """Properties as a protobuf struct; Computed becomes the engine's sign for unknown."""
    return PropertyValue.marshal_map({key: _each(value, _to_sentinel) for key, value in properties.items()})


def _to_computed(value: PropertyValue) -> PropertyValue:
    return value.with_value(Computed()) if value.value in SENTINELS else value


def _to_sentinel(value: PropertyValue) -> PropertyValue:
    return value.with_value(SENTINELS[0]) if isinstance(value.value, Computed) else value


def _each(value: PropertyValue, change: Callable[[PropertyValue], PropertyValue]) -> PropertyValue:
    inner = value.value
    if isinstance(inner, Mapping):
        return value.with_value({key: _each(item, change) for key, item in inner.items()})
    if isinstance(inner, Sequence) and not isinstance(inner, str):
        return value.with_value([_each(item, change) for item in inner])
    return change(value) if isinstance(inner, (str, Computed)) else value
