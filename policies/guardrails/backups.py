"""What backup plans are, and which of them make up for another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from guardrails.control import Outcome, Placed
from guardrails.fields import Field
from guardrails.plain import Plain
from guardrails.resource import Resource, Stack

PLAN: Final = "gcp:gkebackup/backupPlan:BackupPlan"

_SELECTIONS: Final = ("selectedNamespaces", "selectedNamespaceLabels", "selectedApplications")


def best_of(stack: Stack, judge: Callable[[Resource], Iterator[Outcome]]) -> Iterator[Placed]:
    """What `judge` says of each plan, unless a plan of which it says nothing backs up the same or everything.

    A second plan may keep fewer backups, or nearer ones, as an addition to the first. Plans that are deactivated make
    no backups, and are there for those that they made.
    """
    plans = [plan for plan in stack.of_type(PLAN) if not is_deactivated(plan)]
    outcomes = {plan.urn: list(judge(plan)) for plan in plans}
    good = [_selection(plan) for plan in plans if not outcomes[plan.urn]]
    for plan in plans:
        if not any(everything or what == _selection(plan)[1] for everything, what in good):
            yield from ((plan, outcome) for outcome in outcomes[plan.urn])


def is_deactivated(plan: Resource) -> bool:
    """Whether the plan is known to make no more backups."""
    deactivated = Field.root(plan).at("deactivated")
    return isinstance(deactivated, Field) and deactivated.value is True


def _selection(plan: Resource) -> tuple[bool, list[Plain]]:
    """Whether a plan is known to select all namespaces, and otherwise what it selects."""
    config = plan.props.get("backupConfig")
    known = config if isinstance(config, dict) else {}
    return known.get("allNamespaces") is True, [known.get(key) for key in _SELECTIONS]
