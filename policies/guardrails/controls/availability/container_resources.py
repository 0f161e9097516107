"""Every container says what it needs, and how much memory it can take at most.

Judged are cpu and memory in `requests`, and memory in `limits`, of containers and init containers of every kind of
object with pods; ephemeral containers cannot have resources. A request that is absent is the limit, where there is one:
that is how Kubernetes defaults it. An amount of 0 is none. A limit on CPU is not asked for: it slows a container down
while there is CPU to spare.

Decided: `resources` of the whole pod do not replace those of its containers, which are what vertical autoscalers
change. A patch is judged by the amounts it gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails import quantities
from guardrails.control import PRODUCTION, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.pods import containers
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each amount that is missing."""
    for container in containers(resource):
        if container.path.rpartition(".")[2].startswith("ephemeralContainers"):
            continue
        resources = container if isinstance(container, Unjudged) else container.object_at("resources")
        if isinstance(resources, Unjudged):
            yield resources
        else:
            yield from _judge(resources, is_patch=resource.is_patch)


def _judge(resources: Field, *, is_patch: bool) -> Iterator[Outcome]:
    requests, limits = resources.object_at("requests"), resources.object_at("limits")
    if isinstance(requests, Unjudged):
        yield requests
        return
    if isinstance(limits, Unjudged):
        yield limits
        return
    memory = limits.at("memory")
    yield from _amount(memory, is_patch=is_patch)
    for name in ("cpu", "memory"):
        request, limit = requests.at(name), limits.at(name)
        if isinstance(request, Unjudged) or request.value is not None:
            yield from _amount(request, is_patch=is_patch)
        elif name == "cpu":
            # That of memory has its limit judged anyway.
            is_nowhere = isinstance(limit, Field) and limit.value is None
            yield from _amount(request if is_nowhere else limit, is_patch=is_patch)


def _amount(field: Field | Unjudged, *, is_patch: bool) -> Iterator[Outcome]:
    amount = field if isinstance(field, Unjudged) else quantities.read(field)
    if isinstance(amount, Unjudged):
        yield amount
    elif amount is None and is_patch:
        return
    elif amount is None or amount <= 0:
        yield Finding(
            path=field.path,
            found="no amount" if amount is None else "an amount of 0 or less, which is none",
            allowed="more than 0; a request may be left out where there is a limit",
            fix="set what the container needs in normal operation, and for the limit of memory at its worst",
        )


CONTROL: Final = Control(
    id="container-resources",
    title="Every container has requests for CPU and memory, and a limit on memory",
    reason=(
        'The scheduler "uses this information to decide which node to place the Pod on". A container without requests '
        "is put where there is no room and is the first to be evicted; one without a memory limit can take the memory "
        "of everything on its machine."
    ),
    source=Source(
        title="Kubernetes documentation, Resource Management for Pods and Containers",
        url="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    ),
    severity=Severity.HIGH,
    levels=PRODUCTION,
    parameters=Parameters(),
    remediation=(
        "Give each container, init containers too, requests for cpu and memory and a limit on memory. Ephemeral "
        "containers cannot have any."
    ),
    judge=judge,
)
