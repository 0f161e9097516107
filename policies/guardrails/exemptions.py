"""Exemptions: written on the resource, for one control, with a reason and a last day.

A Kubernetes object carries them as annotations, a resource of Google Cloud as labels, under one key and in one form:
`guardrails-exempt-<control>: 2027-03-31_reason-in-words`. What stands between the date and the reason is free, so that
an annotation may read `2027-03-31: the vendor publishes no other tag`. What has neither labels nor annotations cannot
be exempted: its control's level is all there is.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from guardrails.control import Finding
from guardrails.fields import Field
from guardrails.plain import Plain, quoted
from guardrails.resource import Resource

ID: Final = "exemption-valid"
"""The control that judges exemptions, from which nothing is exempt."""
PREFIX: Final = "guardrails-exempt-"
FORM: Final = "the last day and a reason, such as 2027-03-31: the vendor publishes no other tag"

LONGEST: Final = datetime.timedelta(days=366)
"""How far ahead the last day may be: what is to last longer is decided anew each year."""

# No character may be of two parts: an annotation of 256 KiB would be tried in every way.
_VALUE: Final = re.compile(r"(?P<until>[0-9]{4}-[0-9]{2}-[0-9]{2})[\W_]+(?P<reason>[^\W_].*)", re.DOTALL)
_PLACES: Final = (
    ("metadata", "annotations"),
    ("labels",),
    ("resourceLabels",),
    ("userLabels",),
    # Of node pools and of database instances, which have no labels of their own.
    ("nodeConfig", "resourceLabels"),
    ("settings", "userLabels"),
)


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """One control does not hold for one resource, until the end of a day (UTC)."""

    control: str
    until: datetime.date
    reason: str
    path: str

    def message(self, resource: Resource) -> str:
        """The line that lists it."""
        return f"{resource.title}, {self.path}: {self.control} does not hold until {self.until}: {self.reason}"


def today() -> datetime.date:
    """The day, in UTC."""
    return datetime.datetime.now(datetime.UTC).date()


def in_force(resource: Resource, day: datetime.date) -> dict[str, Exemption]:
    """The resource's exemptions that hold on `day`, by control."""
    read = (_read(field, control) for field, control in _written(resource))
    return {
        one.control: one
        for one in read
        if isinstance(one, Exemption) and day <= one.until <= day + LONGEST and one.control != ID
    }


def faults(resource: Resource, day: datetime.date, known: frozenset[str]) -> Iterator[Finding]:
    """What is wrong with the resource's exemptions; such a one exempts from nothing."""
    for field, control in _written(resource):
        if control not in known:
            yield Finding(
                path=field.path,
                found=f"an exemption from {quoted(control)}, which is no control",
                allowed="the id of a control in docs/guardrails.md",
                fix="correct the id, or remove the exemption",
            )
            continue
        read = _read(field, control)
        if isinstance(read, Finding):
            yield read
        elif read.until < day:
            yield Finding(
                path=field.path,
                found=f"an exemption that ended with {read.until}",
                allowed="an exemption whose last day is to come",
                fix="keep the rule, or decide anew and give another day",
            )
        elif read.until > day + LONGEST:
            yield Finding(
                path=field.path,
                found=f"an exemption until {read.until}",
                allowed=f"a last day within {LONGEST.days} days, so that somebody decides anew by then",
                fix="give a day within a year",
            )


def _written(resource: Resource) -> Iterator[tuple[Field, str]]:
    """Every exemption as it stands there, with what it names."""
    for place in _PLACES:
        found = Field.root(resource).at(*place)
        if isinstance(found, Field) and isinstance(found.value, dict):
            for key in found.value:
                field = found.at(key) if key.startswith(PREFIX) else None
                if isinstance(field, Field):
                    yield field, key.removeprefix(PREFIX)


def _read(field: Field, control: str) -> Exemption | Finding:
    match = _VALUE.fullmatch(field.value) if isinstance(field.value, str) else None
    until = _day(match["until"]) if match else None
    if match is None or until is None:
        return _malformed(field.path, field.value)
    return Exemption(control=control, until=until, reason=match["reason"].strip(), path=field.path)


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _malformed(path: str, value: Plain) -> Finding:
    return Finding(
        path=path,
        found=f"an exemption that reads {quoted(value)}",
        allowed=FORM,
        fix="give the day and the reason, or remove the exemption",
    )
