"""Probes and lifecycle handlers talk to their own pod. Absent and empty mean the pod's own address.

The kubelet connects, from the node's network and past every NetworkPolicy; a host of one's own choice makes it a proxy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.pod_security import baseline, leaves
from guardrails.pods import containers
from guardrails.resource import Resource
from guardrails.scalars import text

_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS: Final = ("postStart", "preStop")
_CONNECTIONS: Final = ("httpGet", "tcpSocket")


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each host that is named."""
    for container in containers(resource):
        for field in _hosts(container):
            host = text(field)
            if isinstance(host, Unjudged):
                yield host
            elif host:
                yield Finding(
                    path=field.path,
                    found=f"{quoted(host)}, to which the node would connect",
                    allowed="an empty host, or none at all: the pod's own address",
                    fix="remove host; if the application needs the name, send it as the header Host in httpHeaders",
                )


def _hosts(container: Field | Unjudged) -> Iterator[Field | Unjudged]:
    here = container if isinstance(container, Unjudged) else container.object_at()
    if isinstance(here, Unjudged):
        yield here
        return
    yield from leaves(here, _PROBES, _CONNECTIONS, ("host",))
    yield from leaves(here, ("lifecycle",), _HANDLERS, _CONNECTIONS, ("host",))


CONTROL: Final = Control(
    id="pod-host-probes",
    title="Probes and lifecycle handlers connect to their own pod alone",
    reason='"Host field is restricted in the probes and lifecycle handlers", since Kubernetes 1.34.',
    source=baseline("hostProbesAndhostLifecycle"),
    severity=Severity.MEDIUM,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Remove host from httpGet and tcpSocket. Where an application serves several names, name one in "
        "httpGet.httpHeaders as Host."
    ),
    judge=judge,
)
