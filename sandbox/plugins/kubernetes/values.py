"""Between the engine's property values and plain JSON, and small walks through plain JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pulumi.provider.experimental.property_value import Computed, PropertyValue

from sandbox.plugins.failures import ResourceRefused

Json = Any
Object = dict[str, Any]
Path = tuple[str | int, ...]


class Unknown:
    """Stands in plain JSON for a value that is not known during a preview."""

    def __repr__(self) -> str:
        return "<unknown>"

    def __deepcopy__(self, memo: object) -> Unknown:
        return self


UNKNOWN: Final = Unknown()


def to_plain(value: PropertyValue) -> Json:
    """Plain JSON with UNKNOWN in it; whole numbers are int, and fields set to null are left out, as in the official
    plugin. Raises ResourceRefused for assets, archives and resource references.
    """
    inner = value.value
    if isinstance(inner, Computed):
        return UNKNOWN
    if isinstance(inner, Mapping):
        plain = {key: to_plain(item) for key, item in inner.items()}
        return {key: item for key, item in plain.items() if item is not None}
    if isinstance(inner, Sequence) and not isinstance(inner, str):
        return [to_plain(item) for item in inner]
    if isinstance(inner, float) and not isinstance(inner, bool) and inner.is_integer():
        return int(inner)
    if inner is None or isinstance(inner, (bool, float, str)):
        return inner
    raise ResourceRefused(
        f"a value of kind {value.type.value} cannot be sent to Kubernetes; give its text or its fields instead"
    )


def plain_map(values: Mapping[str, PropertyValue]) -> Object:
    """The resource's properties as plain JSON; the engine's own `__` properties are left out."""
    plain = {key: to_plain(value) for key, value in values.items() if not key.startswith("__")}
    return {key: value for key, value in plain.items() if value is not None}


def to_property(value: Json) -> PropertyValue:
    """The engine's form of plain JSON."""
    if isinstance(value, Unknown):
        return PropertyValue.computed()
    if isinstance(value, dict):
        return PropertyValue({key: to_property(item) for key, item in value.items()})
    if isinstance(value, list):
        return PropertyValue([to_property(item) for item in value])
    if isinstance(value, int) and not isinstance(value, bool):
        return PropertyValue(float(value))
    return PropertyValue(value)


def has_unknown(value: Json) -> bool:
    """Whether anything in `value` is not known yet."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return isinstance(value, Unknown)


def at(value: Json, *path: str | int, default: Json = None) -> Json:
    """What is at `path`; `default` where something on the way is missing or null, which to Kubernetes is the same."""
    for step in path:
        if not isinstance(value, (dict, list)):
            return default
        container: Any = value
        try:
            value = container[step]
        except (KeyError, IndexError, TypeError):
            return default
    return default if value is None else value


def path_text(path: Path) -> str:
    """The engine's notation: `spec.ports[0].port`, `metadata.annotations["pulumi.com/skipAwait"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step and all(c.isalnum() or c in "_-$" for c in step):
            text += f".{step}" if text else step
        else:
            quoted = step.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
    return text
