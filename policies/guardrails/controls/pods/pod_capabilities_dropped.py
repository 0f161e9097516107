"""Containers drop every capability. Capabilities beyond the default set are for pod-capabilities-added to find.

Absent, `drop` leaves a container the runtime's default set. In a patch the two lists replace those of the object, so
one that is given is judged as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Unjudged
from guardrails.fields import Field
from guardrails.pod_checks import added_capabilities
from guardrails.pod_security import DEFAULT_CAPABILITIES, container_settings, restricted, unless_windows
from guardrails.resource import Resource
from guardrails.scalars import text

_MAY_BE_ADDED: Final = "NET_BIND_SERVICE"


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each container that does not drop ALL, one for each default capability that is added back."""
    return unless_windows(resource, dict.fromkeys([*_not_dropped(resource), *_added_back(resource)]))


def _not_dropped(resource: Resource) -> Iterator[Outcome]:
    for drop in container_settings(resource, "capabilities", "drop"):
        if isinstance(drop, Unjudged):
            yield drop
        elif drop.value is not None or not resource.is_patch:
            yield from _judge_drop(drop)


def _judge_drop(drop: Field) -> Iterator[Outcome]:
    dropped = [text(element) for element in drop.elements()]
    if "ALL" in dropped:
        return
    unjudged = [one for one in dropped if isinstance(one, Unjudged)]
    if unjudged:
        yield unjudged[0]
        return
    yield Finding(
        path=drop.path,
        found="a list without ALL" if dropped else "nothing is dropped",
        allowed='a list with "ALL" in it',
        fix='set drop: ["ALL"], and add NET_BIND_SERVICE back if a port below 1024 is opened',
    )


def _added_back(resource: Resource) -> Iterator[Outcome]:
    return added_capabilities(
        resource,
        refused=lambda capability: capability in DEFAULT_CAPABILITIES and capability != _MAY_BE_ADDED,
        because="a capability that is to be dropped",
    )


CONTROL: Final = Control(
    id="pod-capabilities-dropped",
    title="Containers drop all capabilities and add back NET_BIND_SERVICE at most",
    reason='"Containers must drop ALL, and may only add NET_BIND_SERVICE."',
    source=restricted("capabilities_restricted"),
    severity=Severity.MEDIUM,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        'Set securityContext.capabilities.drop to ["ALL"] in containers, init containers and ephemeral containers. A '
        "pod has no such setting for all of them."
    ),
    judge=judge,
)
