"""A vertical autoscaler acts, and says how.

`updateMode` defaults to `Auto`, in an absent updatePolicy too. `Auto` is deprecated since VPA 1.5 and means `Recreate`
until it goes, or whatever it is changed to before. `Off` only recommends: nothing then follows the growth of the data.

Decided: `minReplicas` is not asked for. It matters all the same: the updater leaves a workload with fewer than two pods
alone unless it says 1, and then a set of one pod grows only when somebody restarts it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field as Setting

from guardrails.control import PRODUCTION, Control, Finding, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource
from guardrails.scaling import VERTICAL

_WHY: Final = {
    "Auto": ", which is deprecated and says not how pods are updated",
    "Off": ", which only recommends",
}


class Modes(Parameters):
    """What can be set."""

    modes: list[str] = Setting(
        default=["Recreate", "InPlaceOrRecreate", "Initial"],
        description="Allowed values of updateMode, among Recreate, InPlaceOrRecreate, Initial, Auto and Off",
    )


def judge(resource: Resource, parameters: Modes) -> Iterator[Finding | Unjudged]:
    """One finding for a mode that is not among those allowed."""
    if resource.kind != VERTICAL:
        return
    mode = Field.root(resource).at("spec", "updatePolicy", "updateMode")
    if isinstance(mode, Unjudged):
        yield mode
        return
    if mode.value is None and resource.is_patch:
        return
    meant = "Auto" if mode.value is None else mode.value
    if isinstance(meant, str) and meant in parameters.modes:
        return
    why = _WHY.get(meant, "") if isinstance(meant, str) else ""
    yield Finding(
        path=mode.path,
        found=f'no mode, which means "Auto"{why}' if mode.value is None else f"{quoted(mode.value)}{why}",
        allowed=f"one of {', '.join(parameters.modes)}",
        fix="choose Recreate, or InPlaceOrRecreate on Kubernetes 1.33 and newer",
    )


CONTROL: Final = Control(
    id="vertical-autoscaler-mode",
    title="Vertical autoscalers act, in a mode that is not deprecated",
    reason=(
        '"This mode [Auto] is deprecated and will be removed in a future API version. Use explicit modes like '
        "Recreate, Initial, or InPlaceOrRecreate instead.\" In the mode Off the autoscaler never changes the pods' "
        "resources."
    ),
    source=Source(
        title="Kubernetes Autoscaler, Vertical Pod Autoscaler API reference",
        url="https://github.com/kubernetes/autoscaler/blob/vertical-pod-autoscaler-1.5.1/vertical-pod-autoscaler/docs/api.md#updatemode",
    ),
    severity=Severity.MEDIUM,
    levels=PRODUCTION,
    parameters=Modes(),
    remediation=(
        "Set spec.updatePolicy.updateMode to Recreate (pods are replaced one by one, within their disruption budget), "
        "to InPlaceOrRecreate, or to Initial. With one pod, set minReplicas: 1 beside it, or the updater never acts."
    ),
    judge=judge,
)
