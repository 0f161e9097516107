"""The gate before every update: a preview with the policy pack attached, judged here."""

from __future__ import annotations

from dataclasses import dataclass

from operations.facts import Operation, Run, Violation
from operations.plans.losses import losses


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether an update may begin, and what it would change."""

    open: bool
    changes: tuple[Operation, ...]
    stopped_by: tuple[Violation, ...]
    advice: tuple[Violation, ...]
    losses: tuple[Operation, ...]
    """Changes that the settings must acknowledge before the update may begin."""


def judge(preview: Run) -> Verdict:
    """Opens the gate only for a preview that succeeded without a mandatory violation.

    Both are asked for: a preview can fail for other reasons, and a violation must stop the update even where the
    engine would only report it.
    """
    stopped_by = tuple(violation for violation in preview.violations if violation.mandatory)
    return Verdict(
        open=preview.succeeded and not stopped_by,
        changes=preview.changes,
        stopped_by=stopped_by,
        advice=tuple(violation for violation in preview.violations if not violation.mandatory),
        losses=losses(preview.changes),
    )
