"""Which budgets cover which workloads: the index finds what a look at every pair finds."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from guardrails.certainty import Sorted, Verdict, sort
from guardrails.disruption_budgets import Coverage, covers
from guardrails.objects import long_running
from guardrails.plain import UNKNOWN
from guardrails.resource import Resource, Stack
from hypothesis import given
from hypothesis import strategies as st

_values = st.sampled_from(["a", "b", UNKNOWN])
_keys = st.sampled_from(["app", "tier", "pod-template-hash"])
_labels = st.dictionaries(_keys, _values, max_size=3) | st.just(UNKNOWN) | st.none()
_namespaces = st.sampled_from(["one", "two", None, UNKNOWN])
_selectors = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "matchLabels": _labels,
        "matchExpressions": st.just([{"key": "app", "operator": "In", "values": ["a"]}]),
    },
)


def _budget(index: int, namespace: Any, selector: Any) -> Resource:
    return _resource("policy/v1:PodDisruptionBudget", index, namespace, {"selector": selector})


def _workload(index: int, namespace: Any, labels: Any) -> Resource:
    return _resource("apps/v1:StatefulSet", index, namespace, {"template": {"metadata": {"labels": labels}}})


def _resource(type_: str, index: int, namespace: Any, spec: Any) -> Resource:
    props = {"metadata": {"namespace": namespace}, "spec": spec}
    return Resource(type=f"kubernetes:{type_}", name=f"{index}", urn=f"urn:{type_}:{index}", props=props)


def _covered(workload: Resource, budget: Resource) -> Verdict:
    return covers(budget, workload)


def _names(found: Sorted) -> tuple[list[str], list[str]]:
    return sorted(one.urn for one in found.sure), sorted(f"{on.urn} {outcome}" for on, outcome in found.doubts)


@given(
    st.lists(st.tuples(_namespaces, _selectors), max_size=5),
    st.lists(st.tuples(_namespaces, _labels), min_size=1, max_size=4),
)
def test_index_finds_what_every_pair_says(budgets: list[Any], workloads: list[Any]) -> None:
    stack = Stack(
        resources=(
            *(_budget(index, *one) for index, one in enumerate(budgets)),
            *(_workload(index, *one) for index, one in enumerate(workloads)),
        )
    )
    coverage = Coverage(stack=stack)
    for workload in long_running(stack):
        by_hand = sort(coverage.budgets, partial(_covered, workload))
        assert _names(coverage.over(workload)) == _names(by_hand)
    for budget in coverage.budgets:
        by_hand = sort(long_running(stack), partial(covers, budget))
        assert _names(coverage.below[budget.urn]) == _names(by_hand)


def _common(number: int) -> Coverage:
    """Workloads that share all labels but one."""
    labels = [{"app": "node", "tier": "p2p", "name": f"{index}"} for index in range(number)]
    return Coverage(
        stack=Stack(
            resources=(
                *(_budget(index, "one", {"matchLabels": dict(one)}) for index, one in enumerate(labels)),
                *(_workload(index, "one", dict(one)) for index, one in enumerate(labels)),
            )
        )
    )


def test_cost_grows_with_the_number_and_not_with_its_square() -> None:
    def seconds(number: int) -> float:
        coverage = _common(number)
        began = time.process_time()
        assert all(len(coverage.over(workload).sure) == 1 for workload in long_running(coverage.stack))
        return time.process_time() - began

    seconds(10)
    assert seconds(1600) < 40 * seconds(100)
