"""Plain facts about the disks of a stack's nodes. Plans decide by them, adapters find them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from operations.node_sets import NodeSet


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim of the set. Sizes are bytes."""

    name: str
    requested: int
    capacity: int
    """What its file system has; 0 before there is one."""
    phase: str
    storage_class: str
    file_system_waits: bool = False
    """Whether the disk has grown and the file system follows at the next mount."""
    in_use: bool = False
    """Whether a pod that runs has it mounted."""
    trouble: str = ""
    """Why it does not grow, in Kubernetes' words."""

    def has(self, size: int) -> bool:
        """Whether nothing is left to do for this size.

        A volume is made with the size that its claim asks for by then, and a file system without a running pod grows
        with its next one.
        """
        later = self.phase == "Pending" or (self.file_system_waits and not self.in_use)
        return self.requested >= size and (self.capacity >= size or later)


@dataclass(frozen=True, kw_only=True)
class Live:
    """What the cluster has, as far as it was asked."""

    stateful_set: NodeSet | None
    uid: str = ""
    leaving: bool = False
    """Whether the StatefulSet is being deleted."""
    observed: bool = False
    """Whether its controller has seen it as it is."""
    update_revision: str = ""
    """The revision that its pods are to run by, in its controller's words."""
    claims: tuple[Claim, ...] = ()
    pods: Mapping[str, str] = field(default_factory=dict)
    """Names to UIDs."""
    owners: Mapping[str, str] = field(default_factory=dict)
    """Names of pods to the UIDs of what controls them; empty for nobody."""
    revisions: Mapping[str, str] = field(default_factory=dict)
    """Names of pods to the revisions that they run by."""
    expandable: frozenset[str] = frozenset()
    """Storage classes whose volumes can grow."""
