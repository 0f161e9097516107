"""Google maintains the cluster at times that were agreed.

Decided: a daily window or a recurring one, in either of the provider's forms, with the time it starts at. By default
there is none and maintenance may come at any time, on Autopilot too. Exclusions alone are no window. GKE itself refuses
windows that leave less than 48 hours in 32 days.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.clusters import CLUSTER
from guardrails.control import PRODUCTION, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.resource import Resource

_STARTS: Final = (
    ("dailyMaintenanceWindow", "startTime"),
    ("recurringWindow", "startTime"),
    ("recurringMaintenanceWindow", "windowStartTime"),
)


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for a cluster without a window."""
    if resource.type != CLUSTER:
        return
    policy = Field.root(resource).object_at("maintenancePolicy")
    if isinstance(policy, Unjudged):
        yield policy
        return
    starts = [policy.at(*keys) for keys in _STARTS]
    if any(isinstance(start, Field) and start.value not in (None, "", {}) for start in starts):
        return
    doubts: list[Outcome] = [start for start in starts if isinstance(start, Unjudged)]
    yield from doubts or [_no_window()]


def _no_window() -> Finding:
    return Finding(
        path="maintenancePolicy",
        found="no window: machines and control plane may be upgraded at any time",
        allowed="a dailyMaintenanceWindow or a recurringWindow",
        fix="name the hours in which disturbance is acceptable, at least 48 in every 32 days",
    )


CONTROL: Final = Control(
    id="cluster-maintenance-window",
    title="Maintenance happens in a window",
    reason=(
        "With a maintenance window you control when automatic upgrades of control plane and nodes occur: off the peak, "
        "while somebody watches, and not in all environments at once."
    ),
    source=Source(
        title="Google, Maintenance windows and exclusions",
        url="https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions",
    ),
    severity=Severity.MEDIUM,
    levels=PRODUCTION,
    parameters=Parameters(),
    remediation="Give maintenancePolicy a recurringWindow (startTime, endTime, recurrence) or a daily window.",
    judge=judge,
)
