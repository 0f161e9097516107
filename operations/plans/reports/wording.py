"""What every form of a report says in words, so that all say it in the same ones."""

from __future__ import annotations

from operations.judgement import ADVISORY, DISABLED, MANDATORY, ControlFacts, Judgement, Kind, Row


def verdict(judgement: Judgement) -> str:
    """The outcome in one line."""
    if judgement.passed:
        return "passed: no mandatory violation"
    found = len(judgement.stopped_by)
    reasons = [
        *([f"{found} mandatory violation{'' if found == 1 else 's'}"] if found else []),
        *(["not everything could be judged"] if judgement.failures else []),
    ]
    return f"failed: {', '.join(reasons)}"


def counts(judgement: Judgement) -> str:
    """How many controls there are, and what became of them."""
    broken = {row.control for row in judgement.of(Kind.FINDING)}
    disabled = {control.id for control in judgement.controls if control.level == DISABLED}
    parts = [f"{len(judgement.controls)} controls"]
    if not judgement.failures:
        parts.append(f"{len(judgement.controls) - len(broken | disabled)} without findings")
    parts += [f"{len(broken)} with findings"] if broken else []
    parts += [f"{len(disabled)} disabled in this environment"] if disabled else []
    unjudged = [row for row in judgement.of(Kind.NOT_JUDGED) if row.level == MANDATORY]
    parts += [f"{len(unjudged)} field(s) that mandatory ones could not judge"] if unjudged else []
    return ", ".join(parts)


def label(row: Row) -> str:
    """What a row is, such as `mandatory` or `not judged, advisory`."""
    match row.kind:
        case Kind.FINDING:
            return row.level
        case Kind.NOT_JUDGED:
            return f"{row.kind}, {row.level}"
        case _:
            return str(row.kind)


def place(row: Row) -> str:
    """Where a row's object stands, such as ` (node.yaml:12)`; empty without a file and its line."""
    return f" ({row.file}:{row.line})" if row.file and row.line else ""


def in_order(judgement: Judgement) -> tuple[Row, ...]:
    """The rows as they are read: what stops first, exemptions last, else in the order in which they came."""
    kinds = tuple(Kind)
    return tuple(sorted(judgement.rows, key=lambda row: (not row.stops, kinds.index(row.kind), row.level == ADVISORY)))


def by_id(judgement: Judgement) -> dict[str, ControlFacts]:
    """The controls by their ids."""
    return {control.id: control for control in judgement.controls}
