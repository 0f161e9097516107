"""What is true of which resources, where that may be unknown of some."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from guardrails.control import Placed
from guardrails.resource import Resource

Verdict: TypeAlias = bool | Placed
"""Yes, no, or the field that would have to be known, with the resource that it is on."""


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """The resources of which a thing is surely true, and what is in the way where it may be true."""

    sure: tuple[Resource, ...]
    doubts: tuple[Placed, ...]

    def beside(self, resource: Resource) -> tuple[Resource, ...]:
        """Those that are surely in the same cluster as `resource`, since both go through one provider.

        A stack may have two clusters with objects of the same names. Only what is counted against somebody has to be
        asked for in this way: what speaks for them is taken from anywhere.
        """
        return tuple(one for one in self.sure if one.provider == resource.provider)


def sort(resources: Iterable[Resource], verdict: Callable[[Resource], Verdict]) -> Sorted:
    """Which of the resources a verdict is true of."""
    verdicts = [(resource, verdict(resource)) for resource in resources]
    return Sorted(
        sure=tuple(resource for resource, found in verdicts if found is True),
        doubts=tuple(found for _, found in verdicts if not isinstance(found, bool)),
    )


def both(*verdicts: Verdict) -> Verdict:
    """Whether all are true; one that is not decides, whatever is unknown in the others."""
    if any(verdict is False for verdict in verdicts):
        return False
    return next((verdict for verdict in verdicts if verdict is not True), True)


def once(outcomes: Iterable[Placed]) -> Iterator[Placed]:
    """Each outcome once, where the way to several resources leads over one field."""
    seen: set[tuple[str, object]] = set()
    for resource, outcome in outcomes:
        if (resource.urn, outcome) not in seen:
            seen.add((resource.urn, outcome))
            yield resource, outcome
