"""`destroy`: takes a stack down and leaves nothing in the cloud that nobody owns."""

from __future__ import annotations

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.commands.giving_back import give_back, kept, look
from operations.errors import OperationError
from operations.facts import Run, Volume, name_of
from operations.plans import losses, teardown


def destroy(engine: Engine, console: Console, *, confirmed: bool) -> tuple[Volume, ...]:
    """Destroys the stack in an order that lets the cluster give back its disks and load balancers.

    Returns:
        The volumes whose disks stay, because their reclaim policy says so.

    Raises:
        OperationError: a step failed or something did not go in time; the cluster is kept, so that it can be repeated.
        DeclinedError: the operator did not confirm.
    """
    plan = teardown.plan(engine.resources())
    require_nothing_protected(plan, engine)
    with console.phase("preview of the destroy") as listener:
        doomed = engine.preview_destroy(listener)
    require(doomed, f"The preview of the destroy of stack {engine.name} failed. Nothing was changed.")
    console.changes(doomed.changes)
    cluster, held = look(engine, plan, console, during="destroy")
    console.volumes(held.volumes)
    if doomed.changes and not confirmed:
        console.confirm(f"Destroy stack {engine.name} and everything listed?")

    held = give_back(engine, console, plan, cluster, held, during="destroy")
    with console.phase("the platform goes") as listener:
        rest = engine.destroy(listener)
    require(rest, kept(engine, "destroy", "a resource could not be deleted"))
    return teardown.retained(held)


def require_nothing_protected(plan: teardown.Teardown, engine: Engine) -> None:
    """Refuses before anything goes, when something would refuse at the end."""
    if plan.refused:
        names = ", ".join(f"{resource.type} {name_of(resource.urn)}" for resource in plan.refused)
        raise OperationError(
            f"Stack {engine.name} is protected against deletion: {names}. Nothing was changed. If it is to go, "
            f"{losses.locks_off(engine.name)}, and `make destroy STACK={engine.name}` again."
        )


def require(run: Run, message: str) -> None:
    """Stops with `message` when `run` failed."""
    if not run.succeeded:
        raise OperationError(message)
