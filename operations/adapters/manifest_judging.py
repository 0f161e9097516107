"""What the controls say of manifests, in the form from which every report is made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from guardrails import enforcement, verdicts
from guardrails.control import Environment, Finding, Unjudged
from guardrails.exemptions import Exemption, today
from guardrails.resource import Stack
from guardrails.verdicts import Verdict

from operations.adapters.catalogue import facts
from operations.adapters.manifests import Manifests, Place, read
from operations.errors import OperationError
from operations.judgement import Judgement, Kind, Row

ALONE = "Manifests are judged alone: controls over Google Cloud found nothing to judge here."


def judge(path: Path, environment: str) -> Judgement:
    """What the pack says of a file of manifests, or of a folder of them as one environment.

    What cannot be read fails the check. `environment` is `development`, `staging`, `production` or `recovery`.
    """
    chosen = Environment(environment)
    rows: tuple[Row, ...] = ()
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    try:
        manifests = read(path)
    except OperationError as error:
        failures = (str(error),)
    else:
        rows = tuple(_row(verdict, manifests) for verdict in judged(manifests, chosen))
        notes = manifests.notes
    return Judgement(
        subject=f"manifests {path}",
        name="manifests",
        environment=chosen.value,
        controls=facts(enforcement.of(chosen)),
        rows=rows,
        failures=failures,
        remarks=(ALONE, *notes),
    )


def judged(manifests: Manifests, environment: Environment) -> Iterable[Verdict]:
    """What the controls say of each object and of all together, as they would of a stack."""
    enforced, day = enforcement.of(environment), today()
    for one in manifests.resources:
        yield from verdicts.of_resource(one, enforced, day)
    yield from verdicts.of_stack(Stack(resources=manifests.resources), enforced, day)


def _row(verdict: Verdict, manifests: Manifests) -> Row:
    resource, outcome = verdict.resource, verdict.outcome
    place = manifests.places.get(resource.urn)
    return Row(
        control=verdict.rule.id,
        kind=_kind(verdict),
        level=verdict.level.value,
        resource=resource.title,
        message=outcome.message(resource),
        path=outcome.path if isinstance(outcome, Finding | Unjudged | Exemption) else "",
        # Without the line: what is known from one run to the next must not move with it.
        urn=f"{_relative(place)} {resource.urn.removeprefix(f'{place} ')}" if place else "",
        file=_relative(place) if place else "",
        line=place.line if place else None,
    )


def _kind(verdict: Verdict) -> Kind:
    if isinstance(verdict.outcome, Exemption):
        return Kind.EXEMPTION
    if verdict.exemption:
        return Kind.EXEMPT
    return Kind.NOT_JUDGED if isinstance(verdict.outcome, Unjudged) else Kind.FINDING


def _relative(place: Place) -> str:
    """As seen from the current folder, where it is below it."""
    file = Path(place.file).absolute()
    return (file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file).as_posix()
