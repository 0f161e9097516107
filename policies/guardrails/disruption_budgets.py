"""Which disruption budgets cover which workloads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final, TypeAlias

from guardrails.certainty import Sorted, Verdict, both, sort
from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.label_selectors import Side, Undecided, matches
from guardrails.objects import long_running, namespace
from guardrails.plain import UNKNOWN, Plain
from guardrails.resource import Resource, Stack

# Labels that the controllers add to each pod, with values that are known only then.
_ADDED: Final[dict[str, Plain]] = {
    "apps.kubernetes.io/pod-index": UNKNOWN,
    "controller-revision-hash": UNKNOWN,
    "pod-template-hash": UNKNOWN,
    "statefulset.kubernetes.io/pod-name": UNKNOWN,
}


# A namespace, and the key and the value of a label in it.
_Pair: TypeAlias = tuple[str, str, str]


def covers(budget: Resource, workload: Resource) -> Verdict:
    """Whether a budget selects the pods of a Deployment or StatefulSet: same namespace, matching labels."""
    selected = matches(Field.root(budget).at("spec", "selector"), _pod_labels(workload))
    if isinstance(selected, Undecided):
        on = budget if selected.side is Side.SELECTOR else workload
        return both(_same_namespace(budget, workload), (on, selected.unjudged))
    return both(_same_namespace(budget, workload), selected)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The budgets of a stack and its Deployments and StatefulSets."""

    stack: Stack

    @cached_property
    def budgets(self) -> tuple[Resource, ...]:
        """Every PodDisruptionBudget."""
        return self.stack.of_kind("policy", "PodDisruptionBudget")

    def over(self, workload: Resource) -> Sorted:
        """The budgets that cover a workload."""
        return sort(self._candidates(workload), lambda budget: covers(budget, workload))

    @cached_property
    def below(self) -> dict[str, Sorted]:
        """The workloads that a budget covers, by the budget's URN."""
        candidates: dict[str, list[Resource]] = {budget.urn: [] for budget in self.budgets}
        for workload in long_running(self.stack):
            for budget in self._candidates(workload):
                candidates[budget.urn].append(workload)
        return {budget.urn: sort(candidates[budget.urn], partial(covers, budget)) for budget in self.budgets}

    def _candidates(self, workload: Resource) -> list[Resource]:
        """The budgets that may cover a workload, found without a look at each budget where all is known."""
        here, labels = namespace(workload), _pod_labels(workload)
        if isinstance(here, Unjudged) or isinstance(labels, Unjudged) or not isinstance(labels.value, dict):
            return list(self.budgets)
        declared = [(key, value) for key, value in labels.value.items() if key not in _ADDED]
        if any(not isinstance(value, str) for _, value in declared):
            return list(self.budgets)
        keys = [(str(here.value), key, str(value)) for key, value in declared]
        return [*self._anywhere, *(budget for key in keys for budget in self._by_pair.get(key, ()))]

    @cached_property
    def _pairs(self) -> dict[str, list[_Pair]]:
        return {budget.urn: list(_pairs(budget)) for budget in self.budgets}

    @cached_property
    def _by_pair(self) -> dict[_Pair, list[Resource]]:
        """Each budget below the one of its pairs that the fewest others have."""
        common = Counter(pair for pairs in self._pairs.values() for pair in pairs)
        found: dict[_Pair, list[Resource]] = {}
        for budget in self.budgets:
            if pairs := self._pairs[budget.urn]:
                found.setdefault(min(pairs, key=lambda pair: common[pair]), []).append(budget)
        return found

    @cached_property
    def _anywhere(self) -> list[Resource]:
        return [budget for budget in self.budgets if not self._pairs[budget.urn]]


def _pairs(budget: Resource) -> Iterator[_Pair]:
    """The labels that a pod must have to be selected, each with the budget's namespace, as far as they are known."""
    there, labels = namespace(budget), Field.root(budget).at("spec", "selector", "matchLabels")
    if isinstance(there, Field) and isinstance(labels, Field) and isinstance(labels.value, dict):
        for key, value in labels.value.items():
            if isinstance(value, str) and key not in _ADDED:
                yield str(there.value), key, value


def _pod_labels(workload: Resource) -> Field | Unjudged:
    labels = Field.root(workload).object_at("spec", "template", "metadata", "labels")
    if isinstance(labels, Unjudged):
        return labels
    declared = labels.value if isinstance(labels.value, dict) else {}
    return Field(path=labels.path, value={**_ADDED, **declared})


def _same_namespace(budget: Resource, workload: Resource) -> Verdict:
    there, here = namespace(budget), namespace(workload)
    if isinstance(there, Unjudged):
        return budget, there
    if isinstance(here, Unjudged):
        return workload, here
    return there.value == here.value
