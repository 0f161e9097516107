"""Mistakes in the maintenance window that Google would refuse."""

from __future__ import annotations

from collections.abc import Iterator

from settings.maintenance import LONGEST_FREEZE, WEEKLY_HOURS
from settings.mistakes import Mistake, key_path
from settings.stack import StackSettings

MOST_FREEZES = 3
"""Exclusions of the scope NO_UPGRADES that a cluster may have:
https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions#exclusions
"""
MOST_EXCLUSIONS = 20
"""Of any scope: the provider's own limit for `maintenance_exclusion`."""


def open_long_enough(stack: StackSettings) -> Iterator[Mistake]:
    """A window that Google refuses as too small."""
    maintenance = stack.cluster.maintenance
    weekly = len(set(maintenance.days)) * maintenance.hours
    if weekly < WEEKLY_HOURS:
        yield Mistake(
            key=key_path(["cluster", "maintenance", "hours"]),
            got=f"{maintenance.hours} on {', '.join(maintenance.days) or 'no day'}: {weekly} hours a week",
            allowed=f"at least {WEEKLY_HOURS} hours a week, because Google wants 48 in any 32 days",
            advice="add a day or hours",
        )


def exclusions(stack: StackSettings) -> Iterator[Mistake]:
    """Exclusions that end before they begin, last too long, share a name, or are too many."""
    given = stack.cluster.maintenance.exclusions
    place = ["cluster", "maintenance", "exclusions"]
    for position, one in enumerate(given):
        if one.name in [earlier.name for earlier in given[:position]]:
            yield Mistake(
                key=key_path([*place, position, "name"]),
                got=f'"{one.name}", for the second time',
                allowed="a name of its own for each exclusion",
                advice="rename it",
            )
        if one.end <= one.start:
            yield Mistake(
                key=key_path([*place, position, "end"]),
                got=f"{one.end.isoformat()}, not after start {one.start.isoformat()}",
                allowed="an instant after start",
                advice="correct one of them",
            )
        elif one.scope == "NO_UPGRADES" and one.end - one.start > LONGEST_FREEZE:
            yield Mistake(
                key=key_path([*place, position, "end"]),
                got=f"{one.end.isoformat()}, {(one.end - one.start).days} days after start",
                allowed=f"at most {LONGEST_FREEZE.days} days with scope NO_UPGRADES",
                advice="shorten it, or choose NO_MINOR_OR_NODE_UPGRADES",
            )
    if len(given) > MOST_EXCLUSIONS:
        yield Mistake(
            key=key_path(place),
            got=f"{len(given)} exclusions",
            allowed=f"at most {MOST_EXCLUSIONS}",
            advice="remove those that are over",
        )
    freezes = [one for one in given if one.scope == "NO_UPGRADES"]
    if len(freezes) > MOST_FREEZES:
        yield Mistake(
            key=key_path(place),
            got=f"{len(freezes)} with scope NO_UPGRADES",
            allowed=f"at most {MOST_FREEZES} of them",
            advice="remove those that are over",
        )
