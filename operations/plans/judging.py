"""From a preview to a judgement of the stack."""

from __future__ import annotations

from collections.abc import Iterable

from operations.facts import Run, Violation, name_of, type_of
from operations.judgement import MANDATORY, ControlFacts, Judgement, Kind, Row

STOPPED = "preview failed"
"""What the engine says beside a mandatory violation, which is why."""
FROM_SCRATCH = (
    "This is a check from scratch and no diff: the program is judged as if nothing of the stack were there yet. "
    "Replacements and deletions cannot appear in it; `make preview` shows them."
)


def of_stack(
    stack: str,
    run: Run,
    controls: tuple[ControlFacts, ...],
    *,
    environment: str,
    placeholders: tuple[str, ...] = (),
) -> Judgement:
    """What the pack said of a stack's first preview. `placeholders` are the settings whose secret values are not known.

    A preview that failed without a violation has its failures, which make the check fail.
    """
    stopped = any(violation.mandatory for violation in run.violations)
    failures = tuple(failure.message for failure in run.failures if not (stopped and failure.message == STOPPED))
    if not (run.succeeded or failures or stopped):
        failures = ("The preview failed, and the engine does not say why.",)
    return Judgement(
        subject=f"stack {stack}",
        name=stack,
        environment=environment,
        controls=controls,
        rows=rows(run.violations, controls, file=f"Pulumi.{stack}.yaml"),
        failures=failures,
        remarks=(FROM_SCRATCH, *([secrets(placeholders)] if placeholders else [])),
    )


def secrets(placeholders: Iterable[str]) -> str:
    """What is said of settings whose values only the stack's own key can open."""
    return f"Judged with placeholders in place of secrets: {', '.join(placeholders)}."


def rows(violations: Iterable[Violation], controls: Iterable[ControlFacts], *, file: str) -> tuple[Row, ...]:
    """What policies said as rows of a report, each about the stack whose settings are in `file`."""
    levels = {control.id: control.level for control in controls}
    return tuple(row(one, levels.get(one.policy, one.level), file=file) for one in violations)


def row(violation: Violation, level: str, *, file: str) -> Row:
    """One of them. `level` is the control's, which a note does not say."""
    _, _, message = violation.message.partition("\n")
    if violation.kind is not Kind.FINDING:
        message = message.partition("] ")[2]
    # Of another pack, or of the engine: one line, without our title.
    message = message or violation.message
    title = f'{type_of(violation.urn).rpartition(":")[2]} "{name_of(violation.urn)}"' if violation.urn else ""
    return Row(
        control=violation.policy,
        kind=violation.kind,
        level=MANDATORY if violation.mandatory else level,
        resource=title,
        message=message,
        path=path(message, title, violation),
        urn=violation.urn,
        file=file,
    )


def path(message: str, title: str, violation: Violation) -> str:
    """The field that a message begins with, after the resource; empty where it is the whole resource."""
    first, _, _ = message.partition("\n")
    if not title or not first.startswith(f"{title}, "):
        return ""
    field = first.removeprefix(f"{title}, ").partition(" was not judged: ")[0]
    if violation.kind is Kind.EXEMPTION:
        field = field.partition(f": {violation.policy} does not hold")[0]
    return "" if field == "the whole resource" else field
