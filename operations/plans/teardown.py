"""The order in which a stack goes, so that nothing is left in the cloud.

Disks and load balancers belong to controllers inside the cluster: a cluster that goes first leaves them running, billed
and without an owner. So Kubernetes objects go first, then what they held is waited for, then the cluster.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from operations.facts import CLUSTER, CloudBacked, StackResource, Volume


@dataclass(frozen=True, kw_only=True)
class Teardown:
    """What to do to take a stack down."""

    refused: tuple[StackResource, ...]
    """Resources that nobody may delete as they are. They are found before anything goes: a cluster that refuses at the
    end has lost everything inside by then."""
    kubernetes_first: tuple[str, ...]
    """URNs of the Kubernetes objects that are left."""
    has_cluster: bool
    """Whether there is a cluster to ask what it holds in the cloud. That is asked as long as the cluster stands, also
    when a destroy is repeated and no object is left."""


@dataclass(frozen=True, kw_only=True)
class Remaining:
    """What must still disappear before the cluster may go."""

    disks: tuple[str, ...]
    load_balancers: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Whether the cluster may go."""
        return not self.disks and not self.load_balancers

    def __str__(self) -> str:
        """One line for a person who waits."""
        parts = []
        if self.load_balancers:
            parts.append("load balancers " + ", ".join(self.load_balancers))
        if self.disks:
            parts.append("disks " + ", ".join(self.disks))
        return "; ".join(parts) or "nothing"


def plan(resources: Iterable[StackResource]) -> Teardown:
    """Kubernetes objects before everything else. Providers are not objects: they go when nothing uses them.

    Of what an earlier update left over, `protect` holds nothing, and no cluster is asked: the live one is.
    """
    held = tuple(resources)
    return Teardown(
        refused=tuple(
            resource
            for resource in held
            if resource.deletion_protection or (resource.protected and not resource.left_over)
        ),
        kubernetes_first=tuple(
            resource.urn for resource in held if resource.custom and resource.type.startswith("kubernetes:")
        ),
        has_cluster=any(resource.type == CLUSTER and not resource.left_over for resource in held),
    )


def remaining(held: CloudBacked) -> Remaining:
    """What the cluster still holds in the cloud and will give back by itself."""
    return Remaining(
        disks=tuple(sorted(volume.disk for volume in held.volumes if not volume.retained)),
        load_balancers=tuple(sorted(f"{lb.namespace}/{lb.name}" for lb in held.load_balancers)),
    )


def retained(held: CloudBacked) -> tuple[Volume, ...]:
    """The volumes whose disks stay when everything else is gone."""
    return tuple(sorted((volume for volume in held.volumes if volume.retained), key=lambda volume: volume.disk))
