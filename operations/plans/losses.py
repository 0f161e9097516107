"""What an update would replace or delete although nobody gets it back, and whether the settings say that it may."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from operations.facts import CLUSTER, DATABASES, Action, Failure, Operation, StackResource, name_of
from operations.levels import ACKNOWLEDGEMENT, acknowledged

PRECIOUS: Mapping[str, tuple[str, ...]] = {
    # Whoever gives up a cluster gives up what its volumes hold: no other cluster has their claims. Both are to be said.
    CLUSTER: ("cluster", "volumes"),
    # All its pods go at once, and claims that were to change stay as they were.
    "kubernetes:apps/v1:StatefulSet": ("volumes",),
    # Its claims go with it.
    "kubernetes:core/v1:Namespace": ("volumes",),
    "kubernetes:core/v1:PersistentVolume": ("volumes",),
    "kubernetes:core/v1:PersistentVolumeClaim": ("volumes",),
    "gcp:compute/disk:Disk": ("volumes",),
    "gcp:compute/regionDisk:RegionDisk": ("volumes",),
    # Its backups must be deleted first, and no other plan takes them over.
    "gcp:gkebackup/backupPlan:BackupPlan": ("volumes",),
    # What they encrypt cannot be read any more.
    "gcp:kms/cryptoKey:CryptoKey": ("keys",),
    "gcp:kms/keyRing:KeyRing": ("keys",),
    **dict.fromkeys(DATABASES, ("databases",)),
}
"""Types that hold what cannot be made again, and the kinds that must be acknowledged for each."""
PROTECTED = ("as it is currently marked for protection.", "cannot be deleted because it is protected.")
"""What the engine says of a resource that `protect` keeps, where it would be replaced and where it would be deleted
(resource/deploy/step_generator.go and step.go of engine 3.250), in one line."""


def losses(changes: Iterable[Operation]) -> tuple[Operation, ...]:
    """The changes that replace or delete something precious. What an earlier update has replaced is lost already."""
    return tuple(
        change for change in changes if change.action in (Action.REPLACE, Action.DELETE) and change.type in PRECIOUS
    )


def accepted(text: str | None) -> frozenset[str]:
    """The kinds that the setting's text, a JSON list, acknowledges. None for no setting; what is no list is nothing."""
    return acknowledged(text) & {kind for kinds in PRECIOUS.values() for kind in kinds}


def unaccepted(lost: Iterable[Operation], acknowledged: Collection[str]) -> tuple[Operation, ...]:
    """The losses that the settings do not acknowledge in full."""
    return tuple(one for one in lost if not set(PRECIOUS[one.type]) <= set(acknowledged))


def undeletable(lost: Iterable[Operation], held: Iterable[StackResource]) -> tuple[StackResource, ...]:
    """The losses that Google would refuse to delete as they are now.

    What the settings say about deletion protection holds only after an update: the refusal would come at the end, when
    everything inside the cluster is gone.
    """
    urns = {one.urn for one in lost}
    return tuple(
        resource
        for resource in held
        if resource.urn in urns and resource.deletion_protection and not resource.left_over
    )


def takes_the_cluster(lost: Iterable[Operation]) -> bool:
    """Whether a cluster is among the losses."""
    return any(one.type == CLUSTER for one in lost)


def is_protected(failures: Iterable[Failure]) -> bool:
    """Whether the engine refused because of `protect`."""
    said = [" ".join(failure.message.split()) for failure in failures]
    return any(words in message for message in said for words in PROTECTED)


def refusal(stack: str, lost: Iterable[Operation]) -> str:
    """The error for losses that are not acknowledged."""
    listed = tuple(lost)
    kinds = sorted({kind for one in listed for kind in PRECIOUS[one.type]})
    return "\n".join(
        [
            f"The update of stack {stack} would lose what cannot be made again, and does not begin. "
            "Nothing was changed.",
            *(f"  {line(one)}" for one in listed),
            f"Take the change back. Or, if it is meant, add {', '.join(kinds)} to {ACKNOWLEDGEMENT} in "
            f"Pulumi.{stack}.yaml for this one update, and take it out again afterwards.",
        ]
    )


def line(operation: Operation) -> str:
    """One loss as a person reads it."""
    verb = "replaces" if operation.action is Action.REPLACE else "deletes"
    why = f", because of {', '.join(operation.forced_by)}" if operation.forced_by else ""
    return f"{verb} {operation.type} {operation.name}{why}"


def locks_off(stack: str) -> str:
    """How protection is taken off: the first half of every way to replace or delete what is protected.

    `make up` would put a lock back that the settings ask for: they alone take it off.
    """
    return (
        f"take the protection off in an update of its own: in Pulumi.{stack}.yaml write p2p-nodes:protect: false and "
        "p2p-nodes:cluster.deletion_protection: false, and, where the environment is production or recovery, "
        f"{ACKNOWLEDGEMENT}: [cluster]; then run `make up STACK={stack}`"
    )


def protected(stack: str) -> str:
    """The error for a replacement that `protect` stopped."""
    return (
        f"The update of stack {stack} would replace or delete what is protected, as the engine says above. Nothing was "
        f"changed. Take the change back. Or, if it is meant, {locks_off(stack)} without this change, and make the "
        "change after it."
    )


def refused_by_google(stack: str, resources: Iterable[StackResource]) -> str:
    """The error for losses that Google would refuse to delete."""
    names = ", ".join(f"{resource.type} {name_of(resource.urn)}" for resource in resources)
    return (
        f"The update of stack {stack} would end at Google's deletion protection of {names}, with everything inside "
        f"gone. It does not begin. Nothing was changed. Take the change back. Or, if it is meant, {locks_off(stack)} "
        "without this change, and make the change after it."
    )


def allowance(acknowledged: Collection[str], lost: Iterable[Operation]) -> str:
    """What is said in every preview as long as something is acknowledged; `lost` are the losses of this one."""
    through = [f"  lets through: {line(one)}" for one in lost if set(PRECIOUS[one.type]) <= set(acknowledged)]
    return "\n".join(
        [
            f"{ACKNOWLEDGEMENT} allows {', '.join(sorted(acknowledged))}; take it out when it is no longer meant.",
            *through,
        ]
    )


def reminder(stack: str, lost: Iterable[Operation]) -> str:
    """What is said after an update that needed an acknowledgement."""
    kinds = sorted({kind for one in lost for kind in PRECIOUS[one.type]})
    return (
        f"{ACKNOWLEDGEMENT} let this update lose {', '.join(kinds)}. Take it out of Pulumi.{stack}.yaml: "
        "the next update would be allowed the same."
    )
