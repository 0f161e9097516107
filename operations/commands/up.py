"""`up`: a judged preview, a confirmation, an update."""

from __future__ import annotations

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.commands.preview import judged_preview
from operations.errors import OperationError


def up(engine: Engine, console: Console, *, confirmed: bool) -> None:
    """Brings the stack to what the program says. Nothing is changed unless a preview passed the policy pack.

    The Automation API's own `up` skips the preview, and stack validation would then run after creation.

    Raises:
        OperationError: the preview or the update failed, or a mandatory policy was violated.
        DeclinedError: the operator did not confirm.
    """
    verdict = judged_preview(engine, console)
    if not verdict.changes:
        return
    if not confirmed:
        console.confirm(f"Update stack {engine.name}?")
    with console.phase("update") as listener:
        update = engine.up(listener)
    console.violations(violation for violation in update.violations if violation not in verdict.advice)
    if not update.succeeded:
        raise OperationError(
            f"The update of stack {engine.name} failed. What was created before the error is kept in the state. "
            "Mend the cause and run the same command again: it continues from there."
        )
