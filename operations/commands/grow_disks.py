"""`grow-disks`: another claim template, and larger disks, for nodes that go on running.

A claim template cannot be changed, so the claims grow first, and then the StatefulSet is made anew around its pods.
Nothing is remembered between two runs: the plan follows from what there is, and a repeat goes on where a run stopped.
"""

from __future__ import annotations

from functools import partial

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.adapters.node_disks import NodeDisks
from operations.commands.disk_waits import POLL, look, release, wait_for_growth, wait_for_takeover
from operations.commands.giving_back import connected
from operations.commands.preview import judged_preview
from operations.commands.up import require_judged, up
from operations.commands.waiting import answered
from operations.disks import Live
from operations.errors import OperationError, UnreachableError
from operations.facts import Operation
from operations.node_sets import gib, node_set
from operations.plans import claim_templates, growing, pods_kept
from operations.plans.gate import Verdict
from operations.plans.growing import Do, Facts, Step


def grow_disks(engine: Engine, console: Console, size: str, *, confirmed: bool, accept_unjudged: bool = False) -> None:
    """Grows the disk of every node to `size`, `200` or `200Gi`, and leaves their pods in place.

    With the size that the disks have, only what new ones are filled from changes.

    Raises:
        OperationError: the size is none, or not the one of the settings, or smaller than what there is; the preview
            did not pass; a step failed. What was done stays done, and the same command goes on from there.
        DeclinedError: the operator did not confirm.
    """
    try:
        wanted = growing.size_of(size)
    except ValueError as error:
        raise OperationError(f"{error} Nothing was changed.") from error
    verdict = judged_preview(engine, console, grows=True)
    require_judged(engine, verdict, accept_unjudged=accept_unjudged)
    nodes, template = set_with_disks(engine, verdict)
    require_alone(engine, verdict, nodes.urn)
    declared = node_set(nodes.after)
    try:
        disks = NodeDisks(
            cluster=connected(engine), namespace=declared.namespace, name=declared.name, template=template
        )
        before = disks.look()
        runs, would_run = disks.pod_templates(nodes.after) if before.pods else (None, None)
    except UnreachableError as error:
        raise OperationError(f"{error}. Nothing was changed. Restore access and run the command again.") from error
    facts = Facts(
        stack=engine.name,
        urn=nodes.urn,
        wanted=wanted,
        template=template,
        declared=declared.templates[template],
        held=node_set(nodes.before).templates.get(template) if nodes.before else None,
        live=before,
    )
    steps = growing.plan(facts)
    makes = any(step.do is Do.MAKE for step in steps)
    stops = pods_kept.refusals(before.pods, declared, runs, would_run) if makes else ()
    if refused := (*growing.refusals(facts), *stops):
        raise OperationError(" ".join([*refused, "Nothing was changed."]))
    show(console, steps)
    if steps and not confirmed:
        console.confirm(f"Take these steps for the disks of stack {engine.name}?")
    for step in steps:
        try:
            take(step, facts, nodes, disks, engine, console, accept_unjudged=accept_unjudged)
        except KeyboardInterrupt:
            if makes and step.do in (Do.RELEASE, Do.READ, Do.MAKE):
                console.say(absent(engine.name, facts))
            raise
    try:
        conclude(engine, console, disks, before)
    except OperationError as error:
        raise OperationError(
            f"The disks of stack {engine.name} were made as declared and no pod was stopped. Of what came after that "
            f"alone this is said: {error}"
        ) from error


def set_with_disks(engine: Engine, verdict: Verdict) -> tuple[Operation, str]:
    """The StatefulSet that the program declares, and its claim template. There must be one of each."""
    found = [(one, template) for one in verdict.stateful_sets for template in node_set(one.after).templates]
    if len(found) != 1:
        listed = ", ".join(f"{one.name} ({template})" for one, template in found) or "none"
        raise OperationError(
            f"Stack {engine.name} must have one StatefulSet with one claim template; it has {listed}. "
            "Nothing was changed."
        )
    return found[0]


def require_alone(engine: Engine, verdict: Verdict, nodes: str) -> None:
    """Refuses other changes beside the claim template's: the new StatefulSet would bring them along, and roll pods."""
    if others := claim_templates.others(verdict.changes, nodes):
        listed = "\n".join(f"  {one.action} {one.type} {one.name} {', '.join(one.paths)}" for one in others)
        raise OperationError(
            f"Stack {engine.name} has other changes than the size of its disks and what new ones are filled from:\n"
            f"{listed}\nNothing was changed. Take them back. Or set {claim_templates.SIZE_SETTING} and "
            f"{claim_templates.SOURCE_SETTING} back, run `up` for them, and run this command afterwards."
        )


def require_as_confirmed(verdict: Verdict, *, nodes: Operation) -> None:
    """Refuses whatever came in after the confirmation: an edit, a pull, or what somebody else has done."""
    others = claim_templates.others(verdict.changes, nodes.urn)
    listed = [f"{one.action} {one.type} {one.name}" for one in others]
    listed += [
        f"{one.name} at {path}"
        for one in verdict.stateful_sets
        if one.urn == nodes.urn
        for path in sorted(pods_kept.differing(nodes.after, one.after, "its"))
    ]
    if listed:
        raise OperationError(
            f"the program declares something else than what was confirmed: {', '.join(listed)}. The StatefulSet was "
            "not made. Take that back."
        )


def absent(stack: str, facts: Facts) -> str:
    """What an interrupt leaves behind while the StatefulSet is made anew."""
    return (
        "The StatefulSet may be absent. Its pods run on, and one that stops now does not come back. Run "
        f"`{claim_templates.command(stack, gib(facts.wanted))}` again: it continues from here."
    )


def show(console: Console, steps: tuple[Step, ...]) -> None:
    """The plan, before anybody confirms it."""
    if not steps:
        console.say("nothing is left to do: disks and StatefulSet are as the settings say")
    for number, step in enumerate(steps, start=1):
        console.say(f"  {number}. {step.text}")
    if any(step.do is Do.RELEASE for step in steps):
        console.say("  Pods go on running. Until the StatefulSet is back, none that stops is made anew.")


def take(
    step: Step,
    facts: Facts,
    nodes: Operation,
    disks: NodeDisks,
    engine: Engine,
    console: Console,
    *,
    accept_unjudged: bool,
) -> None:
    """Takes one step to its end."""
    try:
        match step.do:
            case Do.GROW:
                with console.phase(step.do.value) as listener:
                    for claim in step.claims:
                        answered(partial(disks.grow, claim, facts.wanted), listener, poll=POLL)
            case Do.WAIT:
                with console.phase(step.do.value) as listener:
                    wait_for_growth(disks, facts.wanted, listener)
            case Do.RELEASE:
                with console.phase(step.do.value) as listener:
                    release(disks, listener)
            case Do.READ:
                with console.phase(step.do.value) as listener:
                    engine.read_again([facts.urn], notice=listener.notes)
            case Do.MAKE:
                same = partial(require_as_confirmed, nodes=nodes)
                up(engine, console, confirmed=True, accept_unjudged=accept_unjudged, require=same)
    except OperationError as error:
        raise OperationError(
            f"The disks of stack {engine.name} are not done. Of the step *{step.do.value}* alone this is said: {error} "
            "What the steps before it did is kept, no pod was stopped. Mend the cause and run the same command again: "
            "it continues from there."
        ) from error


def conclude(engine: Engine, console: Console, disks: NodeDisks, before: Live) -> None:
    """Says what became of the pods, and ends with a preview that must be empty."""
    with console.phase("the StatefulSet has its pods") as listener:
        taken = wait_for_takeover(disks, before, listener)
        after = look(disks, listener)
    if others := growing.of_other_revisions(taken):
        console.say(f"not at the StatefulSet's revision {taken.update_revision}, which rolls them: {', '.join(others)}")
    if anew := growing.restarted(before.pods, after.pods):
        console.say(f"made anew meanwhile, not by this command: {', '.join(anew)}")
    for claim in after.claims:
        later = "" if claim.capacity >= claim.requested else ", its file system with the next start of its pod"
        console.say(f"  {claim.name} has {gib(claim.requested)}{later}")
    if judged_preview(engine, console).changes:
        raise OperationError(
            "the preview still reports the changes above. Look at them, and run `up` for those that are meant."
        )
