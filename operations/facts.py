"""Plain facts about a run of the engine. Plans judge them, adapters produce them, commands show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from operations.judgement import MANDATORY, Kind

CLUSTER = "gcp:container/cluster:Cluster"
"""The type token of a GKE cluster."""
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
"""The type token of a StatefulSet."""
DATABASES = (
    "gcp:alloydb/cluster:Cluster",
    "gcp:alloydb/instance:Instance",
    "gcp:bigtable/instance:Instance",
    "gcp:bigtable/table:Table",
    "gcp:firestore/database:Database",
    "gcp:spanner/database:Database",
    "gcp:spanner/instance:Instance",
    "gcp:sql/database:Database",
    "gcp:sql/databaseInstance:DatabaseInstance",
)
"""The type tokens of what holds a database. The program declares none itself: teams add theirs to it."""


def type_of(urn: str) -> str:
    """The type token in a URN, without its parents', which the SDK's own `request.type` keeps in front of it."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    """The name in a URN: what the program calls the resource."""
    return urn.split("::", 3)[-1]


class Action(StrEnum):
    """What the engine does, or would do, with one resource."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    IMPORT = "import"
    CLEAN_UP = "clean up"
    """Deletes what an earlier run replaced and could not delete. What replaced it stays."""
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One step of a preview or an update."""

    urn: str
    action: Action
    paths: tuple[str, ...] = ()
    """Property paths that differ; those that force a replacement come first."""
    forced_by: tuple[str, ...] = ()
    """Property paths that force a replacement; empty for what is replaced because of something that it depends on."""
    before: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The inputs in the state, of StatefulSets; empty for everything else."""
    after: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The inputs that the program declares, of StatefulSets; empty for everything else."""
    held: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The outputs in the state, of what is deleted; empty for everything else."""

    @property
    def type(self) -> str:
        """The resource's type token without its parents', such as `gcp:compute/network:Network`."""
        return type_of(self.urn)

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return name_of(self.urn)


@dataclass(frozen=True, kw_only=True)
class Violation:
    """What a policy said about one resource: a violation, or a note that is none."""

    policy: str
    level: str
    urn: str
    message: str
    kind: Kind = Kind.FINDING
    insists: bool = False
    """Whether it is a note of a mandatory control about what it could not judge."""

    @property
    def mandatory(self) -> bool:
        """Whether it stops an update."""
        return self.level == MANDATORY


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An error the engine or a plugin reported; `urn` is empty when it concerns no single resource."""

    urn: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything a preview, update or destroy reported."""

    succeeded: bool
    operations: tuple[Operation, ...] = ()
    violations: tuple[Violation, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def changes(self) -> tuple[Operation, ...]:
        """The operations that change something."""
        return tuple(operation for operation in self.operations if operation.action is not Action.SAME)


@dataclass(frozen=True, kw_only=True)
class StackResource:
    """One resource as the state holds it."""

    urn: str
    type: str
    id: str
    custom: bool
    protected: bool = False
    """Whether Pulumi refuses to delete it (`protect`)."""
    deletion_protection: bool = False
    """Whether Google Cloud or the provider refuses to delete it (`deletionProtection`)."""
    left_over: bool = False
    """Whether it was replaced and could not be deleted (`delete`). The live one may have the same URN."""


@dataclass(frozen=True, kw_only=True)
class PendingOperation:
    """An operation the state says was begun and never finished, because the engine was killed."""

    urn: str
    kind: str
    """`creating`, `updating`, `deleting`, `reading` or `importing`."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """What the resource was to be made of, under the provider's own names."""

    @property
    def type(self) -> str:
        """The resource's type token without its parents'."""
        return type_of(self.urn)


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """How pending operations are settled before the next update."""

    adopt: Mapping[str, str]
    """Pending creations that did happen: URN to the resource's id, imported by a refresh."""
    forget: tuple[str, ...]
    """Pending creations that did not happen: dropped from the state and made again."""
    repeat: tuple[str, ...]
    """Updates and deletions: the engine repeats them by itself."""

    @property
    def needed(self) -> bool:
        """Whether the state has anything to settle."""
        return bool(self.adopt or self.forget or self.repeat)


@dataclass(frozen=True, kw_only=True)
class Volume:
    """A persistent volume of the cluster."""

    name: str
    disk: str
    """The provider's handle, `projects/P/zones/Z/disks/D` on Google Cloud."""
    claim: str
    """`namespace/name` of the claim it was made for."""
    reclaim_policy: str

    @property
    def retained(self) -> bool:
        """Whether the disk outlives its claim and the cluster."""
        return self.reclaim_policy != "Delete"


@dataclass(frozen=True, kw_only=True)
class LoadBalancer:
    """A Service of type LoadBalancer, which the cloud backs with forwarding rules until it is gone."""

    namespace: str
    name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class CloudBacked:
    """What a cluster holds that lives on in the cloud when the cluster goes first."""

    volumes: tuple[Volume, ...]
    load_balancers: tuple[LoadBalancer, ...]
