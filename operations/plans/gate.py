"""The gate before every update: a preview with the policy pack attached, judged here."""

from __future__ import annotations

from dataclasses import dataclass

from operations.facts import STATEFUL_SET, Action, Operation, Run, Violation
from operations.judgement import Kind
from operations.plans.losses import losses

INSISTING = ("production", "recovery")
"""Environments in which nothing is updated that a mandatory control could not judge, unless somebody says so."""
ACCEPT = "--accept-unjudged"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether an update may begin, and what it would change."""

    open: bool
    changes: tuple[Operation, ...]
    stopped_by: tuple[Violation, ...]
    advice: tuple[Violation, ...]
    """What is said and stops nothing: advisory findings, exempt ones, what advisory controls could not judge."""
    unjudged: tuple[Violation, ...]
    """What mandatory controls could not judge."""
    exemptions: tuple[Violation, ...]
    """The exemptions that hold, whether or not something needs them."""
    losses: tuple[Operation, ...]
    """Changes that the settings must acknowledge before the update may begin."""
    stateful_sets: tuple[Operation, ...]
    """The StatefulSets that the program declares, whether or not they change."""


def judge(preview: Run) -> Verdict:
    """Opens the gate only for a preview that succeeded without a mandatory violation.

    Both are asked for: a preview can fail for other reasons, and a violation must stop the update even where the
    engine would only report it.
    """
    stopped_by = tuple(violation for violation in preview.violations if violation.mandatory)
    notes = tuple(violation for violation in preview.violations if not violation.mandatory)
    exemptions = tuple(note for note in notes if note.kind is Kind.EXEMPTION)
    return Verdict(
        open=preview.succeeded and not stopped_by,
        changes=preview.changes,
        stopped_by=stopped_by,
        advice=tuple(note for note in notes if not note.insists and note.kind is not Kind.EXEMPTION),
        unjudged=tuple(note for note in notes if note.insists),
        exemptions=exemptions,
        losses=losses(preview.changes),
        stateful_sets=tuple(
            one for one in preview.operations if one.type == STATEFUL_SET and one.action is not Action.DELETE
        ),
    )


def needs_acceptance(verdict: Verdict, environment: str) -> bool:
    """Whether somebody must say that the update may begin although mandatory controls could not judge all of it."""
    return environment in INSISTING and bool(verdict.unjudged)


def not_accepted(stack: str, environment: str, verdict: Verdict) -> str:
    """The error for what is not accepted."""
    return (
        f"{len(verdict.unjudged)} field(s) of stack {stack} could not be judged by mandatory controls, see above. "
        f"Its environment is {environment}: the update does not begin. Nothing was changed. Give these fields values "
        "that are known in the preview. Or, if you have looked at them and they keep the rules, run the same command "
        f"again with {ACCEPT}, which is ARGS={ACCEPT} for make."
    )


def judged_later(count: int) -> str:
    """What is said above the list of what mandatory controls could not judge."""
    return f"{count} field(s) that mandatory controls could not judge; look at them yourself:"
