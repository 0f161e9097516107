"""Reading a resource's fields by path, without ever raising."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from guardrails.control import Unjudged
from guardrails.plain import UNKNOWN, Plain, type_name
from guardrails.resource import Resource

_BARE_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")


@dataclass(frozen=True, kw_only=True)
class Field:
    """A known value and the path to it. An absent field and a null one are the same, as they are to Kubernetes."""

    path: str
    value: Plain

    @classmethod
    def root(cls, resource: Resource) -> Field:
        """All inputs of a resource; paths start here."""
        return cls(path="", value=resource.props)

    def at(self, *keys: str) -> Field | Unjudged:
        """The field below this one. Unjudged where the way there, or the value itself, is unknown or malformed."""
        # Each control reads many paths of each resource: no Field is made for what only lies on the way.
        value = self.value
        for number, key in enumerate(keys):
            if isinstance(value, dict):
                value = value.get(key)
                if value is UNKNOWN:
                    return _unknown(_below(self.path, keys[: number + 1]))
            elif value is not None:
                return Field(path=_below(self.path, keys[:number]), value=value).malformed("an object")
        return Field(path=_below(self.path, keys), value=value)

    def object_at(self, *keys: str) -> Field | Unjudged:
        """As `at`, where an object is expected: a control that reads several fields below it gets one Unjudged."""
        field = self.at(*keys)
        return field if isinstance(field, Unjudged) else field._as_object()

    def elements(self) -> Iterator[Field | Unjudged]:
        """The elements of a list, none for an absent one."""
        match self.value:
            case None:
                return
            case list() as values:
                for index, value in enumerate(values):
                    yield _known(f"{self.path}[{index}]", value)
            case _:
                yield self.malformed("a list")

    def malformed(self, expected: str) -> Unjudged:
        """That the value is of another type than `expected`, such as `a string`."""
        return Unjudged(path=self.path, reason=f"is {type_name(self.value)} where {expected} is expected")

    def _as_object(self) -> Field | Unjudged:
        return self if isinstance(self.value, dict | None) else self.malformed("an object")


def _known(path: str, value: Plain) -> Field | Unjudged:
    return _unknown(path) if value is UNKNOWN else Field(path=path, value=value)


def _unknown(path: str) -> Unjudged:
    return Unjudged(path=path, reason="is not known before the update, or is a secret that could not be read")


def _below(path: str, keys: tuple[str, ...]) -> str:
    suffix = _suffix(keys)
    return path + suffix if path else suffix.removeprefix(".")


@lru_cache(maxsize=10_000)
def _suffix(keys: tuple[str, ...]) -> str:
    return "".join(f".{key}" if _BARE_KEY.fullmatch(key) else f'["{key}"]' for key in keys)
