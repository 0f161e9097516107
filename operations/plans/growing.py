"""What is left to do until a stack's nodes have the disks that are declared, from facts alone: a repeat goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from operations.disks import Live
from operations.node_sets import GIB, Template, gib
from operations.plans.claim_templates import SIZE_SETTING

SIZE = re.compile(r"(?P<gib>[1-9][0-9]{0,5})(Gi)?")
ALLOWED = "a whole number of GiB, such as 200 or 200Gi"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that the plan follows from. Sizes are bytes."""

    stack: str
    urn: str
    """The StatefulSet's."""
    wanted: int
    template: str
    declared: Template
    """What the program declares, which is what the settings say."""
    held: Template | None
    """What the engine's state has; None where it has no such StatefulSet."""
    live: Live

    @property
    def of_the_set(self) -> Template | None:
        """The claim template of the StatefulSet that the cluster has and keeps."""
        there = self.live.stateful_set
        return None if there is None or self.live.leaving else there.templates.get(self.template)


class Do(Enum):
    """What a step does."""

    GROW = "claims ask for more"
    WAIT = "disks and file systems grow"
    RELEASE = "the StatefulSet goes, its pods stay"
    READ = "the engine's state learns what there is"
    MAKE = "the StatefulSet comes back and takes its pods"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step, as it is shown before anybody confirms it."""

    do: Do
    text: str
    claims: tuple[str, ...] = ()


def size_of(text: str) -> int:
    """Bytes of a size as one gives it. Raises ValueError with what is allowed."""
    found = SIZE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no size of a disk. Allowed is {ALLOWED}.")
    return int(found["gib"]) * GIB


def refusals(facts: Facts) -> tuple[str, ...]:
    """Why nothing may begin; empty where it may."""
    shrinks = tuple(shrinking(facts))
    if shrinks:
        least = f"Give a size that none is above, and set {SIZE_SETTING} in Pulumi.{facts.stack}.yaml to it."
        return (f"Disks cannot shrink, and {gib(facts.wanted)} is less than there is: {'; '.join(shrinks)}. {least}",)
    return (*disagreement(facts), *hindrances(facts))


def shrinking(facts: Facts) -> Iterator[str]:
    """Everything that is larger than what is wanted already."""
    for claim in facts.live.claims:
        if (size := max(claim.requested, claim.capacity)) > facts.wanted:
            yield f"claim {claim.name} has {gib(size)}"
    if facts.of_the_set and facts.of_the_set.size > facts.wanted:
        yield f"the StatefulSet gives {gib(facts.of_the_set.size)}"
    if facts.held and facts.held.size > facts.wanted:
        yield f"the stack was brought up with {gib(facts.held.size)}"


def disagreement(facts: Facts) -> Iterator[str]:
    """The settings are the source of what a stack is: the next update would go by them."""
    if facts.declared.size != facts.wanted:
        yield (
            f"Pulumi.{facts.stack}.yaml says {gib(facts.declared.size)}, and {gib(facts.wanted)} was asked for. "
            f"Set {SIZE_SETTING} in it to {facts.wanted // GIB}, and run the same command again."
        )


def hindrances(facts: Facts) -> Iterator[str]:
    """What the cluster would refuse midway."""
    if facts.live.stateful_set is None and not facts.live.claims:
        yield "The cluster has neither the nodes' StatefulSet nor a claim of theirs. `up` makes them, with this size."
    small = [claim for claim in facts.live.claims if not claim.has(facts.wanted)]
    if unbound := [f"{claim.name} ({claim.phase})" for claim in small if claim.phase != "Bound"]:
        yield (
            f"Claims without a volume cannot grow: {', '.join(unbound)}. Wait until their pods run, or delete those "
            "that no node needs."
        )
    growing = {claim.storage_class for claim in facts.live.claims if claim.requested < facts.wanted}
    if fixed := sorted(growing - facts.live.expandable):
        yield f"Volumes of these storage classes cannot grow (allowVolumeExpansion): {', '.join(fixed)}."


def plan(facts: Facts) -> tuple[Step, ...]:
    """The steps that are left, in order. Nothing that runs is stopped by any of them.

    Claims first: their growth is the only step that can take long or fail for want of quota, and until it is done
    nothing else was touched. A StatefulSet that is gone is no loss to its pods, only to those that would have to be
    made anew meanwhile.
    """
    live, wanted = facts.live, facts.wanted
    steps = []
    if small := tuple(claim.name for claim in live.claims if claim.requested < wanted):
        steps.append(Step(do=Do.GROW, text=f"ask for {gib(wanted)}: {named(small)}", claims=small))
    if waiting := tuple(claim.name for claim in live.claims if not claim.has(wanted)):
        steps.append(Step(do=Do.WAIT, text=f"wait until they have it: {named(waiting)}", claims=waiting))
    outdated = live.stateful_set is not None and facts.of_the_set != facts.declared
    absent = live.stateful_set is None or outdated
    if outdated:
        steps.append(Step(do=Do.RELEASE, text="delete the StatefulSet and leave its pods and claims in place"))
    if facts.held is not None and (absent or facts.held != facts.declared):
        steps.append(Step(do=Do.READ, text="tell the engine's state (a refresh of the StatefulSet alone)"))
    if absent or facts.held is None:
        text = f"make the StatefulSet with {facts.declared.text}; it takes its pods over"
        steps.append(Step(do=Do.MAKE, text=text))
    return tuple(steps)


def named(claims: tuple[str, ...]) -> str:
    """A few names, or the first and the last."""
    return ", ".join(claims) if len(claims) <= 4 else f"{claims[0]} to {claims[-1]} ({len(claims)})"


def orphans(before: Mapping[str, str], found: Live) -> tuple[str, ...]:
    """The pods that were there before, still are, and do not belong to the StatefulSet."""
    return tuple(
        name for name, uid in found.pods.items() if before.get(name) == uid and found.owners.get(name) != found.uid
    )


def of_other_revisions(found: Live) -> tuple[str, ...]:
    """The pods that do not run by what the StatefulSet declares."""
    return tuple(name for name in sorted(found.pods) if found.revisions.get(name) != found.update_revision)


def restarted(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """The pods that are not the ones that were there."""
    return tuple(sorted(name for name, uid in before.items() if after.get(name) != uid))
