"""The maintenance policy as a pure function of the settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pulumi_gcp as gcp

from settings import MaintenanceSettings
from settings.maintenance import WEEK

ANCHOR = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday in the past: a recurring window must have begun once, on one of its own days."""


def maintenance_policy(settings: MaintenanceSettings) -> gcp.container.ClusterMaintenancePolicyArgs:
    """The weekly window and the exclusions. Times are in Zulu, as Google returns them: other offsets never settle.

    Google also returns seven days as `FREQ=DAILY`: the provider knows that, and the days are in the week's order.
    """
    hour, minute = (int(part) for part in settings.start.split(":"))
    days = sorted(set(settings.days), key=WEEK.index)
    begins = ANCHOR + timedelta(days=WEEK.index(days[0]), hours=hour, minutes=minute)
    return gcp.container.ClusterMaintenancePolicyArgs(
        recurring_window=gcp.container.ClusterMaintenancePolicyRecurringWindowArgs(
            start_time=zulu(begins),
            end_time=zulu(begins + timedelta(hours=settings.hours)),
            recurrence=f"FREQ=WEEKLY;BYDAY={','.join(days)}",
        ),
        maintenance_exclusions=[
            gcp.container.ClusterMaintenancePolicyMaintenanceExclusionArgs(
                exclusion_name=one.name,
                start_time=zulu(one.start),
                end_time=zulu(one.end),
                exclusion_options=gcp.container.ClusterMaintenancePolicyMaintenanceExclusionExclusionOptionsArgs(
                    scope=one.scope
                ),
            )
            for one in sorted(settings.exclusions, key=lambda one: one.name)
        ]
        or None,
    )


def zulu(moment: datetime) -> str:
    """An instant as Google writes it: `2026-01-03T01:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
