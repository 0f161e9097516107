"""What growing disks waits for on the cluster. A look asks for no more than it needs: there may be many pods."""

from __future__ import annotations

import time
from functools import partial

from operations.adapters.listener import Listener
from operations.adapters.node_disks import NodeDisks, Part
from operations.commands.waiting import answered
from operations.disks import Claim, Live
from operations.errors import OperationError, UnreachableError
from operations.plans import growing

DONE_WITHIN = 15 * 60.0
"""Seconds that each step on the cluster may take, and, in the growth, the next claim. Google grows a disk in seconds,
and the kubelet its file system in a minute or two; what takes longer needs a person."""
POLL = 5.0
"""Seconds between two looks at the cluster."""


def look(disks: NodeDisks, listener: Listener, *parts: Part) -> Live:
    """What there is now, asked for until there is an answer."""
    return answered(partial(disks.look, *parts), listener, poll=POLL)


def wait_for_growth(disks: NodeDisks, wanted: int, listener: Listener) -> None:
    """Waits until every claim has `wanted` bytes."""
    deadline, left = time.monotonic() + DONE_WITHIN, -1
    while small := [claim for claim in claims(disks, listener) if not claim.has(wanted)]:
        if len(small) < left:
            deadline = time.monotonic() + DONE_WITHIN
        left = len(small)
        if time.monotonic() > deadline:
            listed = ", ".join(f"{claim.name}{f' ({claim.trouble})' if claim.trouble else ''}" for claim in small)
            raise OperationError(
                f"for {DONE_WITHIN / 60:.0f} minutes none of these claims has grown: {listed}. "
                "`kubectl describe pvc` says why."
            )
        listener.waits(growing.named(tuple(claim.name for claim in small)))
        time.sleep(POLL)


def claims(disks: NodeDisks, listener: Listener) -> tuple[Claim, ...]:
    """The claims, and whether pods use them where that matters: a file system grows under a pod that runs."""
    found = look(disks, listener, Part.CLAIMS).claims
    if any(claim.file_system_waits for claim in found):
        found = look(disks, listener, Part.CLAIMS, Part.PODS).claims
    return found


def release(disks: NodeDisks, listener: Listener) -> None:
    """Takes the StatefulSet off its pods, and waits until it is gone."""
    deadline = time.monotonic() + DONE_WITHIN
    while (found := look(disks, listener, Part.SET)).stateful_set:
        if time.monotonic() > deadline:
            raise OperationError(f"after {DONE_WITHIN / 60:.0f} minutes StatefulSet {disks.name} is still there.")
        if not found.leaving:
            try:
                disks.release(found.uid)
            except UnreachableError:
                # It may have been heard all the same: the next look says.
                listener.waits("an answer of the cluster")
        listener.waits(f"the end of StatefulSet {disks.name}")
        time.sleep(POLL)


def wait_for_takeover(disks: NodeDisks, before: Live, listener: Listener) -> Live:
    """Waits until the StatefulSet owns every pod that was there before and still is. Returns the set and its pods."""
    deadline = time.monotonic() + DONE_WITHIN
    while True:
        found = look(disks, listener, Part.SET, Part.PODS)
        if found.stateful_set is None:
            raise OperationError(f"StatefulSet {disks.name} is not there.")
        orphans = growing.orphans(before.pods, found)
        if found.observed and not orphans:
            return found
        waited_for = f"StatefulSet {disks.name} to take over {growing.named(orphans) or 'its pods'}"
        if time.monotonic() > deadline:
            raise OperationError(
                f"after {DONE_WITHIN / 60:.0f} minutes the cluster still waits for {waited_for}. `kubectl describe "
                f"statefulset {disks.name}` says why. Pods without an owner run on, but are not made anew."
            )
        listener.waits(waited_for)
        time.sleep(POLL)
