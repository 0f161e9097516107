"""Plain data: what controls read, whatever it was read from."""

from __future__ import annotations

import json
from enum import Enum
from typing import Final, TypeAlias

_LONGEST_QUOTE: Final = 200


class Unknown(Enum):
    """The type of UNKNOWN; an enum, so that a type checker can tell it from every other value."""

    UNKNOWN = "not known"


UNKNOWN: Final = Unknown.UNKNOWN
"""A value that nobody can know yet, or that is withheld. It is neither right nor wrong."""


class SecretText(str):
    """A text that the engine calls a secret: judged as any other, and shown by no message."""

    __slots__ = ()


Plain: TypeAlias = "bool | int | float | str | Unknown | list[Plain] | dict[str, Plain] | None"


def quoted(value: Plain) -> str:
    """The value as a message shows it: on one line, printable, at most 200 characters of it.

    Only for values that cannot be secret: what a message quotes ends up in logs and pull requests.
    """
    if isinstance(value, dict | list | Unknown):
        return type_name(value)
    if isinstance(value, SecretText):
        return "a secret"
    text = json.dumps(value)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}... ({len(text)} characters)"


def type_name(value: Plain) -> str:
    """The JSON name of the value's type with its article, for sentences such as `is a string`."""
    match value:
        case None:
            return "null"
        case Unknown():
            return "not known"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
        case dict():
            return "an object"
