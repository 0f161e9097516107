"""What kwok's pods waited for, read off their timestamps: kwok itself keeps no record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sandbox.dataplane.changes import Json, name_of
from sandbox.dataplane.facts import Facts, condition
from sandbox.dataplane.stages import pod_kinds


@dataclass(frozen=True, kw_only=True)
class Passed:
    """A delay of a pod that is over. `real_seconds` is exact to a second, as the pod's timestamps are."""

    key: str
    row: str
    about: str
    real_seconds: float


def passed(facts: Facts) -> Iterator[Passed]:
    """Starts and first readiness of every pod there is."""
    for pod in facts.pods:
        uid = pod["metadata"]["uid"]
        scheduled, ready = condition(pod, "PodScheduled"), condition(pod, "Ready")
        started = (pod.get("status") or {}).get("startTime")
        if not started:
            continue
        if scheduled is not None and scheduled["status"] == "True":
            yield Passed(
                key=f"{uid} start",
                row="pod-start",
                about=name_of(pod),
                real_seconds=_between(scheduled["lastTransitionTime"], started),
            )
        if ready is not None and ready["status"] == "True":
            yield Passed(
                key=f"{uid} ready",
                row=_ready_row(pod),
                about=name_of(pod),
                real_seconds=_between(started, ready["lastTransitionTime"]),
            )


def _ready_row(pod: Json) -> str:
    labels = pod["metadata"].get("labels") or {}
    return next((kind.ready for kind in pod_kinds() if labels.get(kind.label) == kind.value), "pod-ready")


def _between(earlier: str, later: str) -> float:
    return max(0.0, (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds())
