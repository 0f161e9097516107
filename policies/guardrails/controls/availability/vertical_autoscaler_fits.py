"""What a vertical autoscaler may ask for can be had from node auto-provisioning.

The largest requests of the containers of a pod are added up, those that the autoscaler does not control at their
requests, and multiplied by the fewest pods of the workload. That is a lower bound of what is needed: other workloads,
init containers and machines that are not full come on top, so a finding is never too strict; the program's own
settings/room.py reasons with the machines as well. The maximum has no default: a resource without `maxAllowed` may
come to ask for more than any machine has.

Silent without a cluster in the stack, or where it does without auto-provisioning: then nothing says what can be had.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

from guardrails.certainty import once
from guardrails.control import PRODUCTION, Finding, Parameters, Placed, Severity, Source, StackControl, Unjudged
from guardrails.largest_request import Container, containers
from guardrails.object_addresses import AddressBook, address
from guardrails.plain import quoted
from guardrails.pods import pod_spec
from guardrails.provisioning_limits import Limits, provisioning_limits
from guardrails.resource import Resource, Stack
from guardrails.scaling import Scaling, target
from guardrails.vertical_policies import CONTROLLED, DEFAULT, POLICIES, acts

_SHOWN: Final[dict[str, tuple[int, str]]] = {"cpu": (1, "cores"), "memory": (2**30, "Gi")}


@dataclass(frozen=True, kw_only=True)
class _Situation:
    """The limits, the autoscalers and what they can scale."""

    stack: Stack
    limits: Limits | Placed

    @cached_property
    def scaling(self) -> Scaling:
        return Scaling(stack=self.stack)

    @cached_property
    def workloads(self) -> AddressBook:
        with_pods = (one for one in self.stack.resources if not one.is_patch and pod_spec(one) is not None)
        return AddressBook(map(address, with_pods))


def judge(stack: Stack, _: Parameters) -> Iterator[Placed]:
    """One finding for each resource without a maximum, and one for each whose maximum cannot be had."""
    limits = provisioning_limits(stack)
    if limits is not None:
        here = _Situation(stack=stack, limits=limits)
        yield from once(outcome for scaler in here.scaling.vertical for outcome in _acting(here, scaler))


def _acting(here: _Situation, scaler: Resource) -> Iterator[Placed]:
    acting = acts(scaler)
    outcomes = [*_judge(here, scaler)] if acting else []
    yield from [(scaler, acting)] if outcomes and isinstance(acting, Unjudged) else outcomes


def _judge(here: _Situation, scaler: Resource) -> Iterator[Placed]:
    workloads = here.workloads.at(target(scaler))
    if not workloads.sure:
        yield from workloads.doubts[:1]
        return
    found = list(containers(scaler, (*workloads.beside(scaler), *workloads.sure)[0]))
    if in_the_way := [one for one in found if not isinstance(one, Container)]:
        yield from in_the_way
        return
    known = [one for one in found if isinstance(one, Container)]
    if without := [one for one in known if one.policy is DEFAULT]:
        yield scaler, _without_policy(without[0])
        return
    for resource in CONTROLLED:
        if any(resource in one.policy.controls for one in known):
            yield from _fits(here, known, resource)


def _fits(here: _Situation, pod: Sequence[Container], resource: str) -> Iterator[Placed]:
    scaler, workload = pod[0].scaler, pod[0].workload
    amounts: dict[str, Fraction] = {}
    for container in pod:
        amount = container.most(resource)
        if isinstance(amount, Fraction):
            amounts[container.field.path] = amount
        else:
            yield amount or (scaler, _without_maximum(container, resource))
    if len(amounts) < len(pod):
        return
    if isinstance(here.limits, tuple):
        yield here.limits
        return
    scaled = workload.kind in (("apps", "StatefulSet"), ("apps", "Deployment"))
    replicas = here.scaling.fewest_replicas(workload) if scaled else 1
    if not isinstance(replicas, int):
        yield replicas
        return
    limit, each = here.limits.get(resource), sum(amounts.values(), Fraction(0))
    if limit is not None and each * replicas > limit:
        controlled = [one for one in pod if resource in one.policy.controls]
        largest = max(controlled, key=lambda one: amounts[one.field.path])
        size, unit = _SHOWN[resource]
        finding = Finding(
            path=largest.policy.maximum(resource).path,
            found=f"up to {float(each / size):g} {unit} for each of {replicas} pods",
            allowed=f"{float(limit / size):g} {unit} together, the resourceLimits of the cluster",
            fix="lower maxAllowed, or raise the limits of node auto-provisioning",
        )
        yield scaler, finding


def _without_policy(container: Container) -> Finding:
    return Finding(
        path=POLICIES,
        found=f"no policy for the container {quoted(container.name)}, so that its requests have no maximum",
        allowed="a policy with maxAllowed for each container, or one for *",
        fix="add a policy for the container with maxAllowed for cpu and memory",
    )


def _without_maximum(container: Container, resource: str) -> Finding:
    return Finding(
        path=container.policy.maximum(resource).path,
        found=f"no maximum, while the policy controls {resource}",
        allowed="at most what node auto-provisioning can create",
        fix=f"set maxAllowed.{resource}",
    )


CONTROL: Final = StackControl(
    id="vertical-autoscaler-fits",
    title="Vertical autoscalers ask for no more than node auto-provisioning can create",
    reason=(
        '"VPA recommendation might exceed available resources (e.g. Node size, available size, available quota) and '
        'cause pods to go pending." Node auto-provisioning creates nothing beyond its resource limits.'
    ),
    source=Source(
        title="Kubernetes Autoscaler, Vertical Pod Autoscaler, known limitations",
        url="https://github.com/kubernetes/autoscaler/blob/vertical-pod-autoscaler-1.5.1/vertical-pod-autoscaler/docs/known-limitations.md",
    ),
    severity=Severity.HIGH,
    levels=PRODUCTION,
    parameters=Parameters(),
    remediation=(
        "Give each container policy maxAllowed for cpu and memory, such that all pods of the workload at their largest "
        "fit into clusterAutoscaling.resourceLimits of the cluster, or raise those limits."
    ),
    judge=judge,
)
