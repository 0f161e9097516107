"""`preview`: what an update would do, judged by the policy pack."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.errors import OperationError
from operations.facts import Action, Operation, Run, Violation
from operations.judgement import Kind
from operations.levels import ACKNOWLEDGEMENT
from operations.plans import claim_templates, gate, losses, scaling
from operations.plans.effects import effects

NOT_AS_A_WHOLE = Violation(
    policy="all",
    level="advisory",
    urn="",
    message="the stack as a whole with the new claim template: it is judged after the StatefulSet is gone",
    kind=Kind.NOT_JUDGED,
    insists=True,
)
"""What no control has judged where the plugin cannot preview another claim template."""


def judged_preview(engine: Engine, console: Console, *, grows: bool = False) -> gate.Verdict:
    """Previews the stack with the policy pack attached and shows the result.

    `grows` is for the command that changes claim templates by itself, without the replacement that the preview shows.

    Raises:
        OperationError: the preview failed, a mandatory policy was violated, or something would be lost that the
            settings do not acknowledge, or new claims would get another size or source. Nothing was changed.
    """
    with console.phase("preview") as listener:
        preview = engine.preview(listener)
    if grows and claim_templates.is_refused_in_place(preview.failures):
        preview = without_changed(engine, console, preview)
    verdict = gate.judge(preview)
    if preview.succeeded:
        console.changes(verdict.changes)
        if any(change.action is not Action.CREATE for change in verdict.changes):
            console.effect(effects(verdict.changes))
        for line in scaling.scaled_down(verdict.changes):
            console.say(f"  {line}")
    acknowledged = losses.accepted(engine.setting(ACKNOWLEDGEMENT))
    if acknowledged:
        console.say(losses.allowance(acknowledged, verdict.losses))
    console.violations(verdict.stopped_by + verdict.advice)
    if verdict.unjudged:
        console.say(gate.judged_later(len(verdict.unjudged)))
        console.violations(verdict.unjudged)
    console.exemptions(verdict.exemptions)
    if verdict.stopped_by:
        raise OperationError(
            f"{len(verdict.stopped_by)} mandatory policy violation(s): the update of stack {engine.name} does not "
            "begin, nothing was changed. Mend what is listed above and run the command again."
        )
    if not verdict.open:
        if losses.is_protected(preview.failures):
            raise OperationError(losses.protected(engine.name))
        if claim_templates.is_refused_in_place(preview.failures) and (
            found := claim_templates.changed(preview.changes)
        ):
            raise OperationError(claim_templates.refusal(engine.name, found))
        raise OperationError(f"The preview of stack {engine.name} failed. Nothing was changed.")
    lost = verdict.losses
    # What goes with its cluster, and comes with another one, may come with another size.
    if not losses.takes_the_cluster(lost) and (changed := claim_templates.changed(verdict.changes)):
        if not grows:
            raise OperationError(claim_templates.refusal(engine.name, changed))
        lost = tuple(one for one in lost if one not in {change.operation for change in changed})
    if lost:
        require_accepted(engine, lost, acknowledged)
    return verdict


def without_changed(engine: Engine, console: Console, failed: Run) -> Run:
    """What a preview that failed at another claim template would have shown: everything else, and that change as it is.

    What the pack said of it before it failed is kept. The stack as a whole is judged when the StatefulSet is gone:
    where that must be accepted, it is before anything is touched.
    """
    changed = {one.operation.urn: one.operation for one in claim_templates.changed(failed.changes)}
    console.say("The plugin cannot preview another claim template. Everything else is previewed without it.")
    with console.phase("preview of the rest") as listener:
        rest = engine.preview(listener, without=changed.keys())
    others = tuple(one for one in rest.operations if one.urn not in changed)
    return replace(
        rest,
        operations=(*others, *changed.values()),
        violations=tuple(dict.fromkeys((*failed.violations, *rest.violations, NOT_AS_A_WHOLE))),
    )


def require_accepted(engine: Engine, lost: tuple[Operation, ...], acknowledged: Collection[str]) -> None:
    """Refuses losses that the settings do not acknowledge, and those that Google would refuse when it is too late."""
    if unaccepted := losses.unaccepted(lost, acknowledged):
        raise OperationError(losses.refusal(engine.name, unaccepted))
    if undeletable := losses.undeletable(lost, engine.resources()):
        raise OperationError(losses.refused_by_google(engine.name, undeletable))
