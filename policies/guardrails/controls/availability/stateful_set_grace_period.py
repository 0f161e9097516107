"""A stateful pod has the time that it needs to close its database.

`terminationGracePeriodSeconds` defaults to 30. Substrate nodes take up to 60 seconds after SIGTERM; what runs longer
than the period gets SIGKILL, and a database that was being written may be torn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field as Setting

from guardrails.control import PRODUCTION, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.plain import quoted
from guardrails.pods import pod_spec
from guardrails.resource import Resource

_DEFAULT: Final = 30


class GracePeriod(Parameters):
    """What can be set."""

    seconds: int = Setting(default=61, description="The shortest period allowed, in seconds")


def judge(resource: Resource, parameters: GracePeriod) -> Iterator[Outcome]:
    """One finding for a period that is too short."""
    spec = pod_spec(resource)
    if resource.kind != ("apps", "StatefulSet") or spec is None:
        return
    period = spec if isinstance(spec, Unjudged) else spec.at("terminationGracePeriodSeconds")
    if isinstance(period, Unjudged):
        yield period
        return
    if period.value is None and resource.is_patch:
        return
    seconds = _DEFAULT if period.value is None else period.value
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        yield Unjudged(path=period.path, reason=f"is {quoted(period.value)} where a number of seconds is expected")
    elif seconds < parameters.seconds:
        yield Finding(
            path=period.path,
            found=f"no period, which means {_DEFAULT} seconds" if period.value is None else f"{seconds} seconds",
            allowed=f"at least {parameters.seconds} seconds",
            fix="allow what the application needs to stop, and a margin",
        )


CONTROL: Final = Control(
    id="stateful-set-grace-period",
    title="Stateful pods have the time to stop in order",
    reason=(
        '"Once the grace period has expired, the KILL signal is sent to any remaining processes." A database that is '
        "killed while it writes may have to be built again, which for a node means days."
    ),
    source=Source(
        title="Kubernetes documentation, Pod Lifecycle, Termination of Pods",
        url="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
    ),
    severity=Severity.HIGH,
    levels=PRODUCTION,
    parameters=GracePeriod(),
    remediation="Set terminationGracePeriodSeconds above the longest time that the application takes to stop.",
    judge=judge,
)
