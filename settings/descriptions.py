"""What a field is and accepts, in words; used by error messages, by the settings table and by `make settings`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from settings.fields import Allowed, Changes, Unit

_NAMES = {
    int: "whole number",
    str: "text",
    bool: "true or false",
    IPv4Network: "IPv4 range",
    AwareDatetime: "instant",
    datetime: "instant",
}
Marker = TypeVar("Marker")


def section(field: FieldInfo) -> type[BaseModel] | None:
    """The model behind a field, or None for a plain value."""
    return _model(field.annotation)


def listed_section(field: FieldInfo) -> type[BaseModel] | None:
    """The model of each element, for a list of sections; None for everything else."""
    return _model(_element(field.annotation))


def leaves(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Every setting that holds a value and no section, with its path. A list of sections is one of them."""
    for name, field in model.model_fields.items():
        inner = section(field)
        if inner is None:
            yield (*path, name), field
        else:
            yield from leaves(inner, (*path, name))


def type_name(field: FieldInfo) -> str:
    """The kind of value in a word or two: `whole number`, `list of text`, `one of dns, ip`."""
    return _type_name(field.annotation)


def unit(field: FieldInfo) -> str:
    """The unit that a number counts; empty for everything else."""
    marker = _marker(field.metadata, Unit)
    return marker.name if marker else ""


def default(field: FieldInfo) -> object:
    """The value of a field that nobody sets; None where it must be set."""
    return None if field.is_required() else field.get_default(call_default_factory=True)


def on_change(field: FieldInfo) -> str:
    """What a change of the setting does to a running stack.

    Raises LookupError where the field does not say: every setting does.
    """
    marker = _marker(field.metadata, Changes)
    if marker is None:
        raise LookupError(f"no Changes marker: {field.description}")
    return marker.effect


def allowed(field: FieldInfo, *, item: bool = False) -> str:
    """What may be written; with `item`, what each element of the list or mapping may be."""
    annotation: Any = field.annotation
    metadata: Iterable[object] = field.metadata
    if item:
        annotation, metadata = _unwrapped(_element(annotation))
    if _model(annotation) is not None:
        return "a mapping of settings"
    marker = _marker(metadata, Allowed)
    if marker:
        return marker.text
    name = _type_name(annotation)
    low, high = _marker(metadata, Ge), _marker(metadata, Le)
    counted = _marker(metadata, Unit)
    bounds = f" from {low.ge} to {high.le}" if low and high else ""
    return f"{name}{bounds}{f' ({counted.name})' if counted else ''}"


def plain(value: object) -> str:
    """A value as one would write it in a stack file: text without quotes unless it is empty, lists as JSON."""
    if isinstance(value, (str, IPv4Network)):
        return str(value) or '""'
    return json.dumps(value, default=_as_json)


def _as_json(value: object) -> object:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)


def _model(annotation: Any) -> type[BaseModel] | None:
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _element(annotation: Any) -> Any:
    """The annotation of a list's elements or of a mapping's values; None for what has neither."""
    arguments = get_args(annotation)
    return {tuple: arguments[:1], dict: arguments[-1:]}.get(get_origin(annotation), (None,))[0]


def _type_name(annotation: Any) -> str:
    annotation, _ = _unwrapped(annotation)
    origin = get_origin(annotation)
    if origin is Literal:
        return "one of " + ", ".join(str(value) for value in get_args(annotation))
    if origin is tuple:
        return f"list of {_type_name(_element(annotation))}"
    if origin is dict:
        return f"mapping to {_type_name(_element(annotation))}"
    return "mapping" if _model(annotation) else _NAMES[annotation]


def _unwrapped(annotation: Any) -> tuple[Any, list[object]]:
    if get_origin(annotation) is not Annotated:
        return annotation, []
    inner, *metadata = get_args(annotation)
    flat: list[object] = []
    for entry in metadata:
        flat.extend(entry.metadata if isinstance(entry, FieldInfo) else [entry])
    return inner, flat


def _marker(metadata: Iterable[object], kind: type[Marker]) -> Marker | None:
    return next((entry for entry in metadata if isinstance(entry, kind)), None)
