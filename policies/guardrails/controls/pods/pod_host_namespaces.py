"""Pods have a network, processes and an IPC of their own. Absent, as Kubernetes has it, means that they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Outcome, Parameters, Severity
from guardrails.pod_checks import not_true
from guardrails.pod_security import baseline, leaves
from guardrails.pods import pod_spec
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each namespace of the node that the pod shares."""
    spec = pod_spec(resource)
    if spec is None:
        return
    for shared in leaves(spec, ("hostNetwork", "hostPID", "hostIPC")):
        yield from not_true(
            shared,
            found="true, which puts the pod into that namespace of the node",
            fix="remove the field; a Service or a load balancer gives the pod an address of its own",
        )


CONTROL: Final = Control(
    id="pod-host-namespaces",
    title="Pods do not share the node's network, processes or IPC",
    reason='"Sharing the host network, PID, and IPC namespaces must be disallowed."',
    source=baseline("hostNamespaces"),
    severity=Severity.CRITICAL,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Remove hostNetwork, hostPID and hostIPC. What must be reached gets a Service; what must see the node, such as "
        "an agent of the platform, runs in a namespace of its own and carries an exemption."
    ),
    judge=judge,
)
