"""Settings of the hours in which Google may upgrade the cluster."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args

from pydantic import AwareDatetime, BeforeValidator, Field

from settings.fields import Allowed, Changes, Section, Unit

Day = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
WEEK = get_args(Day)

LONGEST_FREEZE = timedelta(days=30)
"""Google takes exclusions of the scope NO_UPGRADES for 30 days at most:
https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions#exclusions
"""
WEEKLY_HOURS = 12
"""Google wants 48 hours of maintenance in any 32 days, in pieces of 4 hours and more; each weekday counts 4 times. The
default has more than that, so that a freeze of some days leaves enough.
"""


def _instant(value: object) -> object:
    """Written out alone: pydantic takes "2026" for the seconds since 1970."""
    if not (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)", value)):
        raise ValueError("not an instant")
    return datetime.fromisoformat(value)


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_instant),
    Allowed('an instant with its offset, in quotes, such as "2026-12-18T00:00:00Z"'),
]


class ExclusionSettings(Section):
    """A time in which Google may not upgrade."""

    name: Annotated[
        str,
        Field(pattern=r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"),
        Allowed("a name of at most 63 lower-case letters, digits and hyphens that starts with a letter"),
        Changes("in place"),
    ] = Field(description="What the exclusion is for.")
    start: Annotated[Instant, Changes("in place")] = Field(description="When it begins.")
    end: Annotated[Instant, Changes("in place")] = Field(description="When it ends.")
    scope: Annotated[
        Literal["NO_UPGRADES", "NO_MINOR_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES"], Changes("in place")
    ] = Field(
        default="NO_MINOR_OR_NODE_UPGRADES",
        description="What is held back; NO_UPGRADES holds security patches back too, for 30 days at most.",
    )  # fmt: skip


class MaintenanceSettings(Section):
    """When Google may upgrade control plane and machines, in UTC."""

    days: Annotated[tuple[Day, ...], Changes("in place")] = Field(
        default=("SA", "SU"), description="Days of the week on which the window opens."
    )
    start: Annotated[
        str,
        Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
        Allowed('a time of day in UTC, in quotes, such as "01:00"'),
        Changes("in place"),
    ] = Field(default="01:00", description="When the window opens, in UTC.")
    hours: Annotated[int, Field(ge=4, le=24), Unit("hours"), Changes("in place")] = Field(
        default=8, description="How long the window stays open."
    )
    exclusions: Annotated[tuple[ExclusionSettings, ...], Changes("in place")] = Field(
        default=(), description="Times in which Google does not upgrade, 20 at most."
    )
