"""What the catalogue says about a type. Every rule carries the reference it was taken from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

How = Literal["in-order", "renamed", "fixed", "dropped", "by-row", "two-digit-hour", "zulu", "quoted", "lower-case"]
When = Literal["always", "once-set", "on-shrink", "on-disable"]
Both = Literal["given", "true"]
Form = Literal["self_link", "id", "bucket", "given", "email", "member", "range"]


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
class Needed:
    """When `path` holds `value`, `other` must be given."""

    path: str
    value: Any
    other: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """The text at `path` must match `pattern` from end to end."""

    path: str
    pattern: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class Keyed:
    """Each text that `path` names must be a key of the map `keys`."""

    path: str
    keys: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The input `path` names a resource of type `to`.

    `form` is how Google writes it back: its self link, its id, `b/` and a bucket's name, as given, or one of the forms
    that are no resource name: a service account's email, an IAM member, the name of a subnetwork's secondary range.
    `holds` says that the resource referred to cannot be deleted meanwhile, `owned` that it takes this one along; with
    both, it does so only when its row's `force` is true.
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
    reference: str
    value: Any = None


@dataclass(frozen=True, kw_only=True)
class Survival:
    """A deletion leaves the resource in the cloud and only forgets it: always, or when the input `path` holds `value`.

    `left` are the outputs that the deletion changes, by their paths.
    """

    reference: str
    path: str | None = None
    value: Any = None
    left: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Autoname:
    """Without `property` the official provider names the resource itself, with `longest` characters at most."""

    property: str
    longest: int


@dataclass(frozen=True, kw_only=True)
class Normalisation:
    """Google writes `path` back in its own way, which was reported as a difference that never ends.

    `how` is one of sandbox.simulator.normal's ways and `to` what it needs; `when` are the values of other inputs that
    it takes. `compared` says that the official provider compares in Google's way: then nobody sees a difference.
    `appears` says that it shows the value where the program gave no more than the block around it. `issue` is the
    report, `owner/repository#number`, or the docstring of pulumi_gcp that says it.
    """

    path: str
    how: How
    issue: str
    to: Any = None
    when: dict[str, Any] = field(default_factory=dict)
    compared: bool = False
    appears: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One resource type of the simulated cloud.

    `protection` is the input that forbids a deletion while it is true, `force` the one that lets a deletion take along
    what would forbid it; `adopts` says that creating what is there already is no error; `api` is the Google API that
    must be enabled before one can be created. `computed` is the reference for `outputs`. `given` are the outputs of
    those that are in every project without being anybody's resource, by name; `assumed` those of any other, where
    nobody can be asked.
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
    needed: tuple[Needed, ...]
    patterns: tuple[Pattern, ...]
    keyed: tuple[Keyed, ...]
    references: tuple[Reference, ...]
    outputs: dict[str, Any]
    computed: str
    conditionals: tuple[Conditional, ...]
    normalised: tuple[Normalisation, ...]
    sets: tuple[str, ...]
    secrets: tuple[str, ...]
    autoname: Autoname | None
    protection: str | None
    force: str | None
    adopts: bool
    api: str | None
    survives: Survival | None
    given: dict[str, dict[str, Any]]
    assumed: dict[str, Any] | None
