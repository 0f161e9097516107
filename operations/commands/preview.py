"""`preview`: what an update would do, judged by the policy pack."""

from __future__ import annotations

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.errors import OperationError
from operations.plans import gate


def judged_preview(engine: Engine, console: Console) -> gate.Verdict:
    """Previews the stack with the policy pack attached and shows the result.

    Raises:
        OperationError: the preview failed, or a mandatory policy was violated. Nothing was changed.
    """
    with console.phase("preview") as listener:
        preview = engine.preview(listener)
    verdict = gate.judge(preview)
    if preview.succeeded:
        console.changes(verdict.changes)
    console.violations(verdict.stopped_by + verdict.advice)
    if verdict.stopped_by:
        raise OperationError(
            f"{len(verdict.stopped_by)} mandatory policy violation(s): the update of stack {engine.name} does not "
            "begin, nothing was changed. Mend what is listed above and run the command again."
        )
    if not verdict.open:
        raise OperationError(f"The preview of stack {engine.name} failed. Nothing was changed.")
    return verdict
