"""`preview`: what an update would do, judged by the policy pack."""

from __future__ import annotations

from collections.abc import Collection

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.errors import OperationError
from operations.facts import Action, Operation
from operations.levels import ACKNOWLEDGEMENT
from operations.plans import gate, losses
from operations.plans.effects import effects


def judged_preview(engine: Engine, console: Console) -> gate.Verdict:
    """Previews the stack with the policy pack attached and shows the result.

    Raises:
        OperationError: the preview failed, a mandatory policy was violated, or something would be lost that the
            settings do not acknowledge. Nothing was changed.
    """
    with console.phase("preview") as listener:
        preview = engine.preview(listener)
    verdict = gate.judge(preview)
    if preview.succeeded:
        console.changes(verdict.changes)
        if any(change.action is not Action.CREATE for change in verdict.changes):
            console.effect(effects(verdict.changes))
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
        raise OperationError(f"The preview of stack {engine.name} failed. Nothing was changed.")
    if verdict.losses:
        require_accepted(engine, verdict.losses, acknowledged)
    return verdict


def require_accepted(engine: Engine, lost: tuple[Operation, ...], acknowledged: Collection[str]) -> None:
    """Refuses losses that the settings do not acknowledge, and those that Google would refuse when it is too late."""
    if unaccepted := losses.unaccepted(lost, acknowledged):
        raise OperationError(losses.refusal(engine.name, unaccepted))
    if undeletable := losses.undeletable(lost, engine.resources()):
        raise OperationError(losses.refused_by_google(engine.name, undeletable))
