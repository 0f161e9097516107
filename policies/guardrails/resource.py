"""What controls look at: one declared resource, and all of a stack."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final

from guardrails.plain import Plain


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One declared resource.

    `type` is a Pulumi type token such as `kubernetes:apps/v1:StatefulSet`. `name` is the resource's logical name and
    `urn` its Pulumi URN; for a manifest, its object name and any text that identifies it within one run. `protect` is
    Pulumi's option of that name, `provider` the logical name of the provider that the resource is given to, empty for
    a manifest.
    """

    type: str
    name: str
    urn: str
    props: dict[str, Plain]
    protect: bool = False
    provider: str = ""

    @property
    def title(self) -> str:
        """How messages call this resource, such as `StatefulSet "p2p-node"`."""
        return f'{self.type.rpartition(":")[2]} "{self.name}"'

    @cached_property
    def kind(self) -> tuple[str, str]:
        """The API group and the kind, such as `("core", "Pod")`, whatever the version, for objects and patches alike.

        Two empty strings for what is no Kubernetes object. The group matters: others have kinds of the same name with
        other fields, such as Volcano's Job.
        """
        match self.type.split(":"):
            case ["kubernetes", group_and_version, kind]:
                return group_and_version.partition("/")[0], kind.removesuffix("Patch")
            case _:
                return "", ""

    @property
    def is_patch(self) -> bool:
        """Whether this is one of Pulumi's Patch types, which name only the fields they change."""
        return bool(self.kind[1]) and self.type.endswith("Patch")


class Watched(Resource):
    """A resource that knows whether anything but its type was read."""

    @classmethod
    def of(cls, resource: Resource) -> Watched:
        """The same resource, not read yet."""
        return cls(**{one.name: getattr(resource, one.name) for one in fields(Resource)})

    @property
    def was_read(self) -> bool:
        """Whether it was."""
        return bool(vars(self).get("read"))

    def __getattribute__(self, name: str) -> Any:
        if name in _OF_ONE_RESOURCE:
            vars(self)["read"] = True
        return super().__getattribute__(name)


_OF_ONE_RESOURCE: Final = frozenset(one.name for one in fields(Resource)) - {"type"}


@dataclass(frozen=True, kw_only=True)
class Stack:
    """Every resource that was declared, in the order in which it was."""

    resources: tuple[Resource, ...]

    def of_kind(self, group: str, kind: str) -> tuple[Resource, ...]:
        """Kubernetes objects of one kind, without patches."""
        return self._by_kind.get((group, kind), ())

    def of_type(self, type_: str) -> tuple[Resource, ...]:
        """Resources of one Pulumi type token, such as `gcp:container/cluster:Cluster`."""
        return self._by_type.get(type_, ())

    @cached_property
    def _by_kind(self) -> dict[tuple[str, str], tuple[Resource, ...]]:
        found: dict[tuple[str, str], list[Resource]] = {}
        for resource in self.resources:
            if resource.kind[1] and not resource.is_patch:
                found.setdefault(resource.kind, []).append(resource)
        return {kind: tuple(resources) for kind, resources in found.items()}

    @cached_property
    def _by_type(self) -> dict[str, tuple[Resource, ...]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return {type_: tuple(resources) for type_, resources in found.items()}
