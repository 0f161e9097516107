"""Mistakes by which backups would not be made, would be refused by Google, or would be lost with what they are of."""

from __future__ import annotations

from collections.abc import Iterator

from settings.mistakes import Mistake, key_path
from settings.stack import StackSettings

MOST_BACKUPS = 360
"""A plan keeps as many, by its interval: RetentionPolicy.backup_retain_days of
https://cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/reference/rest/v1/projects.locations.backupPlans
"""
MINUTES_A_DAY = 1440


def made(stack: StackSettings) -> Iterator[Mistake]:
    """Backups without the agent that makes them."""
    if stack.backup.enabled and not stack.cluster.backup_agent:
        yield Mistake(
            key=key_path(["cluster", "backup_agent"]),
            got="false, with backup.enabled true",
            allowed="true: the agent makes the backups",
            advice="remove it, or set backup.enabled to false as well",
        )


def elsewhere(stack: StackSettings) -> Iterator[Mistake]:
    """Backups that are nowhere, or in a region that is lost together with the cluster."""
    location, key = stack.backup_location, key_path(["backup", "location"])
    if not stack.backup.enabled:
        return
    if not location:
        yield Mistake(
            key=key,
            got=f"nothing, with region {stack.region}",
            allowed="a region: none is known beside this one in the same multi-region or country",
            advice="name one where the data may be kept, or set backup.enabled to false",
        )
    elif location in (stack.region, stack.recovery.primary_region):
        whose = "this stack's region" if location == stack.region else "the region that this stack makes up for"
        yield Mistake(
            key=key,
            got=f'"{location}", {whose}',
            allowed="a region that is lost neither with this stack nor with the one it recovers",
            advice="name another region",
        )


def kept(stack: StackSettings) -> Iterator[Mistake]:
    """Days of retention that Google refuses."""
    backup = stack.backup
    most = MOST_BACKUPS * backup.recovery_point_minutes // MINUTES_A_DAY
    if backup.retain_days > most:
        yield Mistake(
            key=key_path(["backup", "retain_days"]),
            got=f"{backup.retain_days}, with recovery_point_minutes {backup.recovery_point_minutes}",
            allowed=f"at most {most}: Google keeps {MOST_BACKUPS} backups of a plan",
            advice="keep them for fewer days, or make them less often",
        )
    if backup.delete_lock_days > backup.retain_days:
        yield Mistake(
            key=key_path(["backup", "delete_lock_days"]),
            got=f"{backup.delete_lock_days}, above retain_days {backup.retain_days}",
            allowed="at most retain_days",
            advice="lower it, or keep backups for longer",
        )
