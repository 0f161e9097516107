"""The pods of a workload do not all depend on one machine or one zone.

What counts: a topology spread constraint with a maxSkew below the number of pods, or a term of pod anti-affinity, over
machines or zones, that selects the workload's own pods. Preferred ones count as well (ScheduleAnyway, preferred
anti-affinity): a hard rule over zones keeps a pod from coming back to a disk whose zone is the wrong one, which is a
choice that a rule should not make.

Without any constraint the scheduler has its own default, with a maxSkew of 3 over machines and 5 over zones: it lets
two or three pods share one machine, and so does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from guardrails.certainty import once
from guardrails.control import PRODUCTION, Finding, Parameters, Placed, Severity, Source, StackControl, Unjudged
from guardrails.fields import Field
from guardrails.label_selectors import Undecided, matches
from guardrails.objects import long_running, namespace
from guardrails.pods import pod_spec
from guardrails.resource import Resource, Stack
from guardrails.scaling import Scaling

_TOPOLOGIES: Final = (
    "kubernetes.io/hostname",
    "topology.kubernetes.io/zone",
    "topology.gke.io/zone",
    "failure-domain.beta.kubernetes.io/zone",
)
_PATH: Final = "spec.template.spec.topologySpreadConstraints"
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"


def judge(stack: Stack, _: Parameters) -> Iterator[Placed]:
    """One finding for each workload of several pods with nothing that keeps them apart."""
    scaling = Scaling(stack=stack)
    return once(outcome for workload in long_running(stack) for outcome in _judge(scaling, workload))


def _judge(scaling: Scaling, workload: Resource) -> Iterator[Placed]:
    replicas = scaling.fewest_replicas(workload)
    pods = replicas if isinstance(replicas, int) else None
    if pods is not None and pods < 2:
        return
    verdicts = list(_spread(workload, pods))
    if True in verdicts:
        return
    unjudged = next((verdict for verdict in verdicts if isinstance(verdict, Unjudged)), None)
    if unjudged:
        yield workload, unjudged
    elif not isinstance(replicas, int):
        yield replicas
    else:
        finding = Finding(
            path=_PATH,
            found=f"nothing that keeps {replicas} pods from being on one machine"
            if not verdicts
            else f"no rule over machines or zones that selects the {replicas} pods themselves and is tight enough",
            allowed="a spread constraint or pod anti-affinity over machines or zones with the pods' own labels",
            fix="add podAntiAffinity over kubernetes.io/hostname with the labels of the pod template",
        )
        yield workload, finding


Found = bool | Unjudged


def _spread(workload: Resource, pods: int | None) -> Iterator[Found]:
    """For each rule, whether it keeps the pods apart."""
    spec = pod_spec(workload)
    if not isinstance(spec, Field):
        yield from [spec] if spec else []
        return
    labels = Field.root(workload).at("spec", "template", "metadata", "labels")
    for constraint in _elements(spec, "topologySpreadConstraints"):
        yield (
            constraint
            if isinstance(constraint, Unjudged)
            else _all([_is_over_machines(constraint), _selects(constraint, labels), _is_tight(constraint, pods)])
        )
    for term in _elements(spec, "affinity", "podAntiAffinity", _REQUIRED):
        yield term if isinstance(term, Unjudged) else _keeps_apart(term, workload, labels)
    for weighted in _elements(spec, "affinity", "podAntiAffinity", _PREFERRED):
        term = weighted if isinstance(weighted, Unjudged) else weighted.object_at("podAffinityTerm")
        yield term if isinstance(term, Unjudged) else _keeps_apart(term, workload, labels)


def _elements(spec: Field, *keys: str) -> Iterator[Field | Unjudged]:
    field = spec.at(*keys)
    yield from [field] if isinstance(field, Unjudged) else field.elements()


def _all(found: Iterable[Found]) -> Found:
    results = list(found)
    if False in results:
        return False
    return next((result for result in results if isinstance(result, Unjudged)), True)


def _keeps_apart(term: Field, workload: Resource, labels: Field | Unjudged) -> Found:
    return _all([_is_over_machines(term), _selects(term, labels), _reaches(term, workload)])


def _is_over_machines(rule: Field) -> Found:
    key = rule.at("topologyKey")
    return key if isinstance(key, Unjudged) else key.value in _TOPOLOGIES


def _selects(rule: Field, labels: Field | Unjudged) -> Found:
    selected = matches(rule.at("labelSelector"), labels)
    return selected.unjudged if isinstance(selected, Undecided) else selected


def _is_tight(constraint: Field, pods: int | None) -> Found:
    skew = constraint.at("maxSkew")
    if isinstance(skew, Unjudged):
        return skew
    return not isinstance(skew.value, int) or pods is None or skew.value < pods


def _reaches(term: Field, workload: Resource) -> Found:
    """Whether the term is over the workload's own namespace, which is the default."""
    names, selector, here = term.at("namespaces"), term.at("namespaceSelector"), namespace(workload)
    if isinstance(selector, Unjudged):
        return selector
    if isinstance(names, Unjudged):
        return names
    if isinstance(here, Unjudged):
        return here
    # Which namespaces a selector takes cannot be seen; whoever writes one means more than the pod's own.
    listed = names.value if isinstance(names.value, list) else []
    return selector.value is not None or not listed or here.value in listed


CONTROL: Final = StackControl(
    id="workload-spread",
    title="The pods of a workload are spread over machines or zones",
    reason=(
        "\"When there are only two Pods, you'd prefer not to have both of those Pods run on the same node: you would "
        'run the risk that a single node failure takes your workload offline."'
    ),
    source=Source(
        title="Kubernetes documentation, Pod Topology Spread Constraints",
        url="https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#motivation",
    ),
    severity=Severity.MEDIUM,
    levels=PRODUCTION,
    parameters=Parameters(),
    remediation=(
        "Add a required podAntiAffinity over kubernetes.io/hostname with the labels of the pod template, and a "
        "topology spread constraint over topology.kubernetes.io/zone with whenUnsatisfiable: ScheduleAnyway."
    ),
    judge=judge,
)
