"""Backups are made by themselves, often enough, and are kept.

Decided: a plan without a schedule is a finding, since a backup that somebody has to remember is none. A plan whose
retention is absent or 0 is a finding too: with a schedule Google asks for days of retention. A plan that falls short is
left alone where another one backs up the same, or all namespaces, within the target.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field as Parameter

from guardrails.backups import best_of
from guardrails.control import (
    PRODUCTION_ALONE,
    Finding,
    Outcome,
    Parameters,
    Placed,
    Severity,
    Source,
    StackControl,
    Unjudged,
)
from guardrails.cron import longest_gap
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource, Stack


class RecoveryPoint(Parameters):
    """How much may be lost."""

    minutes: int = Parameter(
        default=1440, ge=60, le=86400, description="The longest time between two backups of a plan, in minutes"
    )


def judge(stack: Stack, parameters: RecoveryPoint) -> Iterator[Placed]:
    """Findings for each plan's schedule and retention."""
    yield from best_of(stack, lambda plan: _outcomes(plan, parameters.minutes))


def _outcomes(plan: Resource, minutes: int) -> Iterator[Outcome]:
    root = Field.root(plan)
    schedule = root.object_at("backupSchedule")
    if isinstance(schedule, Unjudged):
        yield schedule
    else:
        yield from _schedule(schedule, minutes)
    yield from _retention(root.at("retentionPolicy", "backupRetainDays"))


def _schedule(schedule: Field, minutes: int) -> Iterator[Outcome]:
    paused = schedule.at("paused")
    if isinstance(paused, Unjudged):
        yield paused
    elif paused.value is True:
        yield Finding(
            path=paused.path,
            found="true, so that no backup is made by itself",
            allowed="false, which is also the default",
            fix="remove paused",
        )
    target, cron = schedule.at("rpoConfig", "targetRpoMinutes"), schedule.at("cronSchedule")
    if isinstance(target, Field) and target.value is not None:
        yield from _target(target, minutes)
    elif isinstance(cron, Field) and cron.value not in (None, ""):
        yield from _cron(cron, minutes)
    elif isinstance(target, Unjudged):
        yield target
    elif isinstance(cron, Unjudged):
        yield cron
    else:
        yield _too_rare(schedule.path, "no schedule, so that somebody has to remember each backup", minutes)


def _target(target: Field, minutes: int) -> Iterator[Outcome]:
    if not isinstance(target.value, int | float):
        yield target.malformed("a number")
    elif target.value > minutes:
        yield _too_rare(target.path, f"{target.value} minutes", minutes)


def _cron(cron: Field, minutes: int) -> Iterator[Outcome]:
    gap = longest_gap(cron.value) if isinstance(cron.value, str) else None
    if gap is None:
        yield Unjudged(path=cron.path, reason="is no cron schedule of five fields that this control can read")
    elif gap > minutes:
        yield _too_rare(cron.path, f"{quoted(cron.value)}, which lets {gap} minutes pass", minutes)


def _too_rare(path: str, found: str, minutes: int) -> Finding:
    return Finding(
        path=path,
        found=found,
        allowed=f"a backup at least every {minutes} minutes",
        fix=f"set backupSchedule.rpoConfig.targetRpoMinutes to at most {minutes}",
    )


def _retention(days: Field | Unjudged) -> Iterator[Outcome]:
    if isinstance(days, Unjudged):
        yield days
        return
    if not isinstance(days.value, int | float | None):
        yield days.malformed("a number of days")
    elif not days.value or days.value < 0:
        yield Finding(
            path=days.path,
            found="nothing" if days.value is None else f"{quoted(days.value)} days",
            allowed="1 to 365 days",
            fix="say for how many days backups are kept",
        )


CONTROL: Final = StackControl(
    id="backup-recovery-point",
    title="Backups are made within the recovery point objective, and kept",
    reason=(
        'targetRpoMinutes is "the target maximum data loss in time that is acceptable for this BackupPlan". By default '
        "no backup is made automatically, and none while the schedule is paused."
    ),
    source=Source(
        title="Google Cloud, Backup for GKE API: BackupPlan",
        url="https://cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/reference/rest/v1/"
        "projects.locations.backupPlans",
    ),
    severity=Severity.HIGH,
    levels=PRODUCTION_ALONE,
    parameters=RecoveryPoint(),
    remediation=(
        "Set backupSchedule.rpoConfig.targetRpoMinutes (or a cronSchedule, never both) to no more than the objective, "
        "do not pause it, and set retentionPolicy.backupRetainDays."
    ),
    judge=judge,
)
