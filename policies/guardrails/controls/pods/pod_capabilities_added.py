"""Containers add no capability but those that they have anyway. Names are compared letter by letter, as upstream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Outcome, Parameters, Severity
from guardrails.pod_checks import added_capabilities
from guardrails.pod_security import DEFAULT_CAPABILITIES, baseline
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each capability beyond the default set."""
    return added_capabilities(
        resource,
        refused=lambda capability: capability not in DEFAULT_CAPABILITIES,
        because="a capability that containers do not have by default",
    )


CONTROL: Final = Control(
    id="pod-capabilities-added",
    title="Containers add no capability beyond the default set",
    reason='"Adding NET_RAW or capabilities beyond the default set must be disallowed."',
    source=baseline("capabilities_baseline"),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Remove the capability from securityContext.capabilities.add. Of the default set, the control "
        "pod-capabilities-dropped lets only NET_BIND_SERVICE be added back."
    ),
    judge=judge,
)
