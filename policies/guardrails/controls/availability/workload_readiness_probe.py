"""Whoever sends traffic to a pod, or takes another one away, knows whether it is ready.

Decided: the containers of Deployments and StatefulSets are judged. DaemonSets are not: an agent that serves nobody has
no readiness to speak of. Init containers are not, sidecars among them: what they do for the pod shows in its others.
A probe counts if it has a handler; without a probe a container is ready as soon as it runs.

No liveness probe is asked for. It restarts what does not answer, and a node that syncs for days is slow to answer: it
would be killed over and over and never come to an end. A patch that names a probe of a container is not judged either,
since what it leaves out may be there already.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import PRODUCTION, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.pods import pod_spec
from guardrails.resource import Resource

_KINDS: Final = (("apps", "Deployment"), ("apps", "StatefulSet"))
_HANDLERS: Final = ("httpGet", "tcpSocket", "grpc", "exec")


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each container without a readiness probe."""
    spec = pod_spec(resource)
    if resource.kind not in _KINDS or resource.is_patch or spec is None:
        return
    containers = spec if isinstance(spec, Unjudged) else spec.at("containers")
    for container in [containers] if isinstance(containers, Unjudged) else containers.elements():
        yield from [container] if isinstance(container, Unjudged) else _probe(container)


def _probe(container: Field) -> Iterator[Outcome]:
    probe = container.object_at("readinessProbe")
    if isinstance(probe, Unjudged):
        yield probe
        return
    handlers = [probe.object_at(handler) for handler in _HANDLERS]
    if any(isinstance(handler, Field) and handler.value is not None for handler in handlers):
        return
    if unjudged := next((handler for handler in handlers if isinstance(handler, Unjudged)), None):
        yield unjudged
        return
    yield Finding(
        path=probe.path,
        found="no probe, so that the container is ready as soon as it runs"
        if probe.value is None
        else "a probe without a handler",
        allowed=f"a probe with one of {', '.join(_HANDLERS)}",
        fix="ask the application whether it can serve, for instance by httpGet",
    )


CONTROL: Final = Control(
    id="workload-readiness-probe",
    title="Every container of a Deployment or StatefulSet has a readiness probe",
    reason=(
        '"The kubelet uses readiness probes to know when a container is ready to start accepting traffic. [...] When a '
        'Pod is not ready, it is removed from Service load balancers." Rollouts and disruption budgets count pods that '
        "are ready, too."
    ),
    source=Source(
        title="Kubernetes documentation, Configure Liveness, Readiness and Startup Probes",
        url="https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
    ),
    severity=Severity.MEDIUM,
    levels=PRODUCTION,
    parameters=Parameters(),
    remediation=(
        "Give each container a readinessProbe with httpGet, tcpSocket, grpc or exec that answers whether it can serve. "
        "A liveness probe is not asked for: it kills what is slow to answer."
    ),
    judge=judge,
)
