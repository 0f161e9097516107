"""Where a Kubernetes object is, and whether a reference leads to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from guardrails.certainty import Sorted, Verdict, both, sort
from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.objects import namespace, object_name
from guardrails.resource import Resource


@dataclass(frozen=True, kw_only=True)
class Address:
    """Group, kind, namespace and name, as far as they are known, and the resource that has them written on it.

    The API version does not matter, as it does not to the API server, which serves one object under all of them.
    """

    on: Resource
    group: Field | Unjudged
    kind: Field | Unjudged
    namespace: Field | Unjudged
    name: Field | Unjudged

    @property
    def known(self) -> tuple[str, ...] | None:
        """The four parts, where all of them are known and there."""
        return _texts(self.group, self.kind, self.namespace, self.name)

    @property
    def group_and_kind(self) -> tuple[str, ...] | None:
        """Group and kind, where both are known and there."""
        return _texts(self.group, self.kind)

    def is_that_of(self, other: Address) -> Verdict:
        """Whether both lead to one object. What is absent leads nowhere."""
        return both(
            self._same(self.group, other, other.group),
            self._same(self.kind, other, other.kind),
            self._same(self.namespace, other, other.namespace),
            self._same(self.name, other, other.name),
        )

    def _same(self, here: Field | Unjudged, other: Address, there: Field | Unjudged) -> Verdict:
        mine, theirs = _text(here), _text(there)
        if isinstance(mine, Unjudged):
            return self.on, mine
        if isinstance(theirs, Unjudged):
            return other.on, theirs
        return mine.value is not None and mine.value == theirs.value


class AddressBook:
    """Finds resources by address, at a cost that does not grow with their number as long as addresses are known."""

    def __init__(self, addresses: Iterable[Address]) -> None:
        self._all = list(addresses)
        self._known: dict[tuple[str, ...], list[Address]] = {}
        # By group and kind, which are known even of an object whose name is not.
        self._unclear: dict[tuple[str, ...], list[Address]] = {}
        for one in self._all:
            if one.known is not None:
                self._known.setdefault(one.known, []).append(one)
            else:
                self._unclear.setdefault(one.group_and_kind or (), []).append(one)

    def at(self, wanted: Address) -> Sorted:
        """The resources that have this address written on them, in no order that could be relied on."""
        known, kind = wanted.known, wanted.group_and_kind
        candidates = (
            self._all
            if known is None or kind is None
            else [*self._known.get(known, ()), *self._unclear.get(kind, ()), *self._unclear.get((), ())]
        )
        by_urn = {one.on.urn: one for one in candidates}
        return sort((one.on for one in candidates), lambda resource: wanted.is_that_of(by_urn[resource.urn]))


def address(resource: Resource) -> Address:
    """Where the object is that a resource declares."""
    group, kind = resource.kind
    name = object_name(resource)
    if isinstance(name, Field) and name.value is None:
        name = Unjudged(path=name.path, reason="is absent, so that the name is made up later")
    return Address(
        on=resource,
        group=Field(path="apiVersion", value=group),
        kind=Field(path="kind", value=kind),
        namespace=namespace(resource),
        name=name,
    )


def reference(resource: Resource, *keys: str) -> Address:
    """Where a field with `apiVersion`, `kind` and `name` leads to: an object in the resource's own namespace."""
    field = Field.root(resource).object_at(*keys)
    if isinstance(field, Unjudged):
        return Address(on=resource, group=field, kind=field, namespace=namespace(resource), name=field)
    return Address(
        on=resource,
        group=_group(field.at("apiVersion")),
        kind=field.at("kind"),
        namespace=namespace(resource),
        name=field.at("name"),
    )


def _group(api_version: Field | Unjudged) -> Field | Unjudged:
    if isinstance(api_version, Field) and isinstance(api_version.value, str):
        group, slash, _ = api_version.value.partition("/")
        return Field(path=api_version.path, value=group if slash else "core")
    return api_version


def _texts(*parts: Field | Unjudged) -> tuple[str, ...] | None:
    texts = tuple(part.value for part in parts if isinstance(part, Field) and isinstance(part.value, str))
    return texts if len(texts) == len(parts) else None


def _text(field: Field | Unjudged) -> Field | Unjudged:
    if isinstance(field, Field) and not isinstance(field.value, str | None):
        return field.malformed("a string")
    return field
