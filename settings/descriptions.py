"""What a field accepts, in words; used by error messages and by the settings table."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from settings.fields import Allowed, Unit

_NAMES = {int: "whole number", str: "text", bool: "true or false", IPv4Network: "IPv4 range"}
Marker = TypeVar("Marker")


def section(field: FieldInfo) -> type[BaseModel] | None:
    """The model behind a field, or None for a plain value."""
    annotation = field.annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def type_name(field: FieldInfo) -> str:
    """The kind of value in a word or two: `whole number`, `list of text`, `one of dns, ip`."""
    return _type_name(field.annotation)


def unit(field: FieldInfo) -> str:
    """The unit that a number counts; empty for everything else."""
    marker = _marker(field.metadata, Unit)
    return marker.name if marker else ""


def allowed(field: FieldInfo, *, item: bool = False) -> str:
    """What may be written; with `item`, what each element of the list may be."""
    if section(field) is not None:
        return "a mapping of settings"
    annotation: Any = field.annotation
    metadata: Iterable[object] = field.metadata
    if item:
        annotation, metadata = _unwrapped(get_args(annotation)[0])
    marker = _marker(metadata, Allowed)
    if marker:
        return marker.text
    name = _type_name(annotation)
    low, high = _marker(metadata, Ge), _marker(metadata, Le)
    counted = _marker(metadata, Unit)
    bounds = f" from {low.ge} to {high.le}" if low and high else ""
    return f"{name}{bounds}{f' ({counted.name})' if counted else ''}"


def _type_name(annotation: Any) -> str:
    annotation, _ = _unwrapped(annotation)
    origin = get_origin(annotation)
    if origin is Literal:
        return "one of " + ", ".join(str(value) for value in get_args(annotation))
    if origin is tuple:
        return f"list of {_type_name(get_args(annotation)[0])}"
    return _NAMES.get(annotation, "mapping")


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
