"""Containers open no port of the node. Absent and 0 mean none.

With hostNetwork the API server sets hostPort to containerPort; that pod is found by pod-host-namespaces.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Unjudged
from guardrails.pod_security import baseline
from guardrails.pods import containers, elements_at
from guardrails.resource import Resource
from guardrails.scalars import integer


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each port of the node."""
    for container in containers(resource):
        for port in elements_at(container, "ports"):
            host_port = port if isinstance(port, Unjudged) else port.at("hostPort")
            number = integer(host_port)
            if isinstance(number, Unjudged):
                yield number
            elif number:
                yield Finding(
                    path=host_port.path,
                    found=f"{number}, a port of the node",
                    allowed="0, or nothing at all",
                    fix="remove hostPort and reach the pod through a Service",
                )


CONTROL: Final = Control(
    id="pod-host-ports",
    title="Containers open no ports of the node",
    reason='"HostPort ports must be forbidden."',
    source=baseline("hostPorts"),
    severity=Severity.MEDIUM,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Remove hostPort from the container's ports, and reach the pod through a Service.",
    judge=judge,
)
