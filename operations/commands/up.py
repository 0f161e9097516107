"""`up`: a judged preview, a confirmation, an update."""

from __future__ import annotations

from collections.abc import Callable

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.commands.giving_back import give_back, look, report_retained
from operations.commands.preview import judged_preview
from operations.errors import OperationError
from operations.plans import gate, losses, teardown


def up(
    engine: Engine,
    console: Console,
    *,
    confirmed: bool,
    accept_unjudged: bool = False,
    require: Callable[[gate.Verdict], None] | None = None,
) -> None:
    """Brings the stack to what the program says. Nothing is changed unless a preview passed the policy pack.

    The Automation API's own `up` skips the preview, and stack validation would then run after creation.
    `accept_unjudged` lets production and recovery be updated although mandatory controls could not judge all of it.
    `require` raises where the preview shows more than what was confirmed elsewhere.

    Raises:
        OperationError: the preview or the update failed, a mandatory policy was violated or could not be judged, or
            something would be lost that the settings do not acknowledge.
        DeclinedError: the operator did not confirm.
    """
    verdict = judged_preview(engine, console)
    if not verdict.changes:
        return
    require_judged(engine, verdict, accept_unjudged=accept_unjudged)
    if require:
        require(verdict)
    # The engine would delete a cluster's objects too, but wait neither for their disks nor for their load balancers.
    # And it closes the old cluster's provider before it uses it: https://github.com/pulumi/pulumi/issues/14650
    emptied = teardown.plan(engine.resources() if losses.takes_the_cluster(verdict.losses) else ())
    cluster, held = look(engine, emptied, console, during="update")
    if emptied.has_cluster:
        console.say(goes_first(emptied))
        console.volumes(held.volumes)
    if not confirmed:
        console.confirm(f"Update stack {engine.name}?")
    report_retained(teardown.retained(give_back(engine, console, emptied, cluster, held, during="update")), console)
    with console.phase("update") as listener:
        update = engine.up(listener)
    said = {*verdict.advice, *verdict.unjudged, *verdict.exemptions}
    console.violations(violation for violation in update.violations if violation not in said)
    console.exemptions(verdict.exemptions)
    if not update.succeeded:
        raise OperationError(
            f"The update of stack {engine.name} failed. What was created before the error is kept in the state. "
            "Mend the cause and run the same command again: it continues from there."
        )
    if verdict.losses:
        console.say(losses.reminder(engine.name, verdict.losses))


def require_judged(engine: Engine, verdict: gate.Verdict, *, accept_unjudged: bool) -> None:
    """Refuses what mandatory controls could not judge, in environments that insist, unless somebody accepts it."""
    if gate.needs_acceptance(verdict, engine.environment) and not accept_unjudged:
        raise OperationError(gate.not_accepted(engine.name, engine.environment, verdict))


def goes_first(emptied: teardown.Teardown) -> str:
    """What is said of a cluster that is to go, before anybody confirms it."""
    return (
        "  The cluster goes, and before it, as in a destroy, "
        f"the stack's {len(emptied.kubernetes_first)} objects in it with what they hold in the cloud:"
    )
