"""Reading a resource's fields by path, without ever raising."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guardrails.control import Resource, Unjudged
from guardrails.plain import UNKNOWN, Plain, type_name

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
        here: Field | Unjudged = self
        for key in keys:
            if isinstance(here, Unjudged):
                return here
            here = here._child(key)
        return here

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
            case other:
                yield Unjudged(path=self.path, reason=f"is {type_name(other)} where a list is expected")

    def _as_object(self) -> Field | Unjudged:
        if isinstance(self.value, dict | None):
            return self
        return Unjudged(path=self.path, reason=f"is {type_name(self.value)} where an object is expected")

    def _child(self, key: str) -> Field | Unjudged:
        here = self._as_object()
        if isinstance(here, Unjudged):
            return here
        value = here.value.get(key) if isinstance(here.value, dict) else None
        return _known(_join(self.path, key), value)


def _known(path: str, value: Plain) -> Field | Unjudged:
    if value is UNKNOWN:
        return Unjudged(path=path, reason="is not known before the update, or is a secret that could not be read")
    return Field(path=path, value=value)


def _join(path: str, key: str) -> str:
    if not _BARE_KEY.fullmatch(key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key
