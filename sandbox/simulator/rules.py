"""What the catalogue says about a type. Every rule carries the reference it was taken from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

When = Literal["always", "once-set", "on-shrink", "on-disable"]
Both = Literal["given", "true"]
Form = Literal["self_link", "id", "given", "email", "member", "range"]


@dataclass(frozen=True, kw_only=True)
class Immutable:
    """A change at `path` replaces the resource.

    `when`: `always`; `once-set` (setting it for the first time does not), `on-shrink` (a CIDR range that does not hold
    the old one), `on-disable` (true becomes false).
    """

    path: str
    reference: str
    when: When = "always"


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """`path` and `other` exclude each other: when both are given, or only when both are true."""

    path: str
    other: str
    reference: str
    both: Both = "given"


@dataclass(frozen=True, kw_only=True)
class Required:
    """When `path` holds `value`, the list `among` must name each of `names` under the property `by`."""

    path: str
    value: Any
    among: str
    by: str
    names: tuple[str, ...]
    reference: str


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """Exactly one of `paths` must be given."""

    paths: tuple[str, ...]
    reference: str


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The input `path` names a resource of type `to`.

    `form` is how Google writes it back: its self link, its id, as given, or one of the forms that are no resource name:
    a service account's email, an IAM member, the name of a secondary range of the subnetwork.
    `holds` says that the resource referred to cannot be deleted meanwhile, `owned` that it takes this one along.
    """

    path: str
    to: str
    form: Form
    holds: bool = True
    owned: bool = False


@dataclass(frozen=True, kw_only=True)
class Conditional:
    """Outputs that Google fills in only when `path` holds `value` (or is given at all, when `value` is None)."""

    path: str
    outputs: dict[str, Any]
    value: Any = None


@dataclass(frozen=True, kw_only=True)
class Autoname:
    """Without `property` the official provider names the resource itself, with `longest` characters at most."""

    property: str
    longest: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """One resource type of the simulated cloud.

    `protection` is the input that forbids a deletion while it is true; `adopts` says that creating what is there
    already is no error.
    """

    token: str
    file: str
    id: str
    article: str
    scope: Literal["global", "region", "location", "project"]
    permission: str
    immutables: tuple[Immutable, ...]
    conflicts: tuple[Conflict, ...]
    required: tuple[Required, ...]
    one_of: tuple[OneOf, ...]
    references: tuple[Reference, ...]
    outputs: dict[str, Any]
    conditionals: tuple[Conditional, ...]
    sets: tuple[str, ...]
    secrets: tuple[str, ...]
    autoname: Autoname | None
    protection: str | None
    adopts: bool
