"""Each namespace with pods denies what no policy allows, in both directions.

Decided: a direction is denied by a NetworkPolicy for all pods of the namespace that names the direction and has no
rules for it; one policy may deny both, or two one each. Policies add up, so that one with rules is an allowance, even
where it names all pods. Without `policyTypes` a policy is about ingress, and about egress only if it has rules for it
(SetDefaults_NetworkPolicy of v1.36.3): egress is never denied by saying nothing. An absent `podSelector` is an empty
one. Namespaces of Kubernetes and GKE themselves are not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from guardrails.conditions import Condition
from guardrails.control import EVERYWHERE, Finding, Parameters, Placed, Severity, Source, StackControl, Unjudged
from guardrails.fields import Field
from guardrails.objects import namespace, object_name
from guardrails.plain import quoted
from guardrails.pods import pod_spec
from guardrails.resource import Resource, Stack

_DIRECTIONS: Final = {"Ingress": "ingress", "Egress": "egress"}
_SYSTEM_PREFIXES: Final = ("kube-", "gke-managed-")
_SYSTEM: Final = ("gke-gmp-system", "gmp-system", "gmp-public")


def judge(stack: Stack, _: Parameters) -> Iterator[Placed]:
    """One finding for each namespace that leaves a direction open, on its Namespace or else on its first workload."""
    policies = _by_namespace(stack.of_kind("networking.k8s.io", "NetworkPolicy"))
    inhabited: dict[str, Resource] = {}
    reported: set[tuple[str, str]] = set()
    for resource in stack.resources:
        if resource.is_patch or pod_spec(resource) is None:
            continue
        where = namespace(resource)
        if isinstance(where, Unjudged):
            yield resource, where
        elif not _is_system(str(where.value)):
            inhabited.setdefault(str(where.value), resource)
    for name, workload in inhabited.items():
        near = sorted(policies.get(name, []) + policies.get(None, []), key=lambda numbered: numbered[0])
        answers = {direction: _denied(direction, name, (one for _, one in near)) for direction in _DIRECTIONS}
        for answer in answers.values():
            if isinstance(answer, tuple) and (key := (answer[0].urn, answer[1].path)) not in reported:
                reported.add(key)
                yield answer
        if missing := [direction for direction, answer in answers.items() if answer is False]:
            yield _finding(name, workload, missing, stack)


def _by_namespace(policies: Iterable[Resource]) -> dict[str | None, list[tuple[int, Resource]]]:
    """The policies of each namespace with their place in the stack; those of no known one under None.

    A look at every policy for every namespace takes minutes where there are thousands of either.
    """
    found: dict[str | None, list[tuple[int, Resource]]] = {}
    for number, policy in enumerate(policies):
        where = namespace(policy)
        name = where.value if isinstance(where, Field) and isinstance(where.value, str) else None
        found.setdefault(name, []).append((number, policy))
    return found


def _is_system(name: str) -> bool:
    return name.startswith(_SYSTEM_PREFIXES) or name in _SYSTEM


def _denied(direction: str, name: str, policies: Iterable[Resource]) -> bool | tuple[Resource, Unjudged]:
    """Whether a policy denies the direction, or the policy and the field on which it hangs."""
    open_: tuple[Resource, Unjudged] | None = None
    for policy in policies:
        conditions = list(_conditions(direction, name, policy))
        if all(condition is True for condition in conditions):
            return True
        if False not in conditions and open_ is None:
            open_ = policy, next(condition for condition in conditions if isinstance(condition, Unjudged))
    return open_ or False


def _conditions(direction: str, name: str, policy: Resource) -> Iterator[Condition]:
    where = namespace(policy)
    yield where if isinstance(where, Unjudged) else where.value == name
    spec = Field.root(policy).object_at("spec")
    if isinstance(spec, Unjudged):
        yield spec
        return
    selector = spec.object_at("podSelector")
    for key in ("matchLabels", "matchExpressions"):
        yield _empty(selector if isinstance(selector, Unjudged) else selector.at(key))
    yield _empty(spec.at(_DIRECTIONS[direction]))
    yield _named(direction, spec.at("policyTypes"))


def _empty(field: Field | Unjudged) -> Condition:
    return field if isinstance(field, Unjudged) else field.value in (None, {}, [])


def _named(direction: str, types: Field | Unjudged) -> Condition:
    if isinstance(types, Unjudged):
        return types
    elements = list(types.elements())
    if not elements:
        return direction == "Ingress"
    if any(isinstance(element, Field) and element.value == direction for element in elements):
        return True
    return next((element for element in elements if isinstance(element, Unjudged)), False)


def _finding(name: str, workload: Resource, missing: list[str], stack: Stack) -> Placed:
    place, path = workload, "metadata.namespace"
    for declared in stack.of_kind("core", "Namespace"):
        field = object_name(declared)
        if isinstance(field, Field) and field.value == name:
            place, path = declared, field.path
    return place, Finding(
        path=path,
        found=f"{quoted(name)}, a namespace with pods where no NetworkPolicy denies {' or '.join(missing)} by default",
        allowed="a NetworkPolicy with an empty podSelector, policyTypes Ingress and Egress, and no rules",
        fix="add that policy to the namespace, and beside it one for each connection that its pods need",
    )


CONTROL: Final = StackControl(
    id="namespace-default-deny",
    title="Each namespace with pods denies what no NetworkPolicy allows",
    reason=(
        '"By default, if no policies exist in a namespace, then all ingress and egress traffic is allowed to and from '
        'pods in that namespace." A pod that was taken over then reaches every other, and everything outside.'
    ),
    source=Source(
        title="Kubernetes documentation, Network Policies",
        url="https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Add a NetworkPolicy with `podSelector: {}`, `policyTypes: [Ingress, Egress]` and no rules to the namespace, "
        "and allow what the pods need in policies beside it: DNS, the egress proxy, the p2p port."
    ),
    judge=judge,
)
