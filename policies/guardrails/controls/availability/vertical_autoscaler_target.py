"""The target of a vertical autoscaler is among the declared objects.

The group, kind, name and namespace have to agree; the version does not. A patch of the target counts: it says that the
target is there, only not that this program made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.certainty import once
from guardrails.control import EVERYWHERE, Finding, Parameters, Placed, Severity, Source, StackControl, Unjudged
from guardrails.fields import Field
from guardrails.object_addresses import AddressBook, address
from guardrails.plain import Plain, quoted
from guardrails.resource import Resource, Stack
from guardrails.scaling import Scaling, target

_ALLOWED: Final = "the apiVersion, kind and name of an object in the autoscaler's own namespace"


def judge(stack: Stack, _: Parameters) -> Iterator[Placed]:
    """One finding for each vertical autoscaler whose target is not there."""
    objects = AddressBook(address(one) for one in stack.resources if one.kind[1])
    return once(outcome for scaler in Scaling(stack=stack).vertical for outcome in _judge(objects, scaler))


def _judge(objects: AddressBook, scaler: Resource) -> Iterator[Placed]:
    there = target(scaler)
    for part in (there.group, there.kind, there.namespace, there.name):
        if isinstance(part, Unjudged):
            yield scaler, part
            return
    targets = objects.at(there)
    if targets.sure:
        return
    if targets.doubts:
        yield targets.doubts[0]
        return
    yield (
        scaler,
        Finding(
            path="spec.targetRef",
            found=f"{_quoted(there.kind)} {_quoted(there.name)}, which is not declared in {_quoted(there.namespace)}",
            allowed=_ALLOWED,
            fix="correct the reference, or declare the workload that is meant",
        ),
    )


def _quoted(part: Field | Unjudged) -> str:
    value: Plain = part.value if isinstance(part, Field) else None
    return "nothing" if value is None else quoted(value)


CONTROL: Final = StackControl(
    id="vertical-autoscaler-target",
    title="The target of each vertical autoscaler exists",
    reason=(
        "The targetRef is a reference to the controller that manages the set of pods to scale. The API server does not "
        "follow it: an autoscaler whose target was renamed is accepted, and scales nothing, without a word."
    ),
    source=Source(
        title="Google Cloud, Vertical Pod autoscaling, API reference",
        url="https://cloud.google.com/kubernetes-engine/docs/concepts/verticalpodautoscaler#api_reference",
    ),
    severity=Severity.MEDIUM,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Let spec.targetRef name the apiVersion, kind and name of a workload that the same program declares.",
    judge=judge,
)
