"""Reading a field that holds one plain value. What is of another type is malformed, and judged as such.

Each reader answers `absent` where the field is absent or null, which is None unless a default is given.
"""

from __future__ import annotations

from typing import overload

from guardrails.control import Unjudged
from guardrails.fields import Field


@overload
def boolean(field: Field | Unjudged) -> bool | Unjudged | None: ...
@overload
def boolean(field: Field | Unjudged, *, absent: bool) -> bool | Unjudged: ...
def boolean(field: Field | Unjudged, *, absent: bool | None = None) -> bool | Unjudged | None:
    """The value of a boolean."""
    match field:
        case Unjudged():
            return field
        case Field(value=None):
            return absent
        case Field(value=bool() as value):
            return value
        case _:
            return field.malformed("a boolean")


@overload
def text(field: Field | Unjudged) -> str | Unjudged | None: ...
@overload
def text(field: Field | Unjudged, *, absent: str) -> str | Unjudged: ...
def text(field: Field | Unjudged, *, absent: str | None = None) -> str | Unjudged | None:
    """The value of a string."""
    match field:
        case Unjudged():
            return field
        case Field(value=None):
            return absent
        case Field(value=str() as value):
            return value
        case _:
            return field.malformed("a string")


def integer(field: Field | Unjudged) -> int | Unjudged | None:
    """The value of a whole number. JSON's `1.0` is one, as it is to Kubernetes."""
    match field:
        case Unjudged():
            return field
        case Field(value=bool()):
            return field.malformed("a whole number")
        case Field(value=None | int() as value):
            return value
        case Field(value=float() as value) if value.is_integer():
            return int(value)
        case _:
            return field.malformed("a whole number")
