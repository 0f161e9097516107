"""A StatefulSet that is made anew takes its pods only if it declares what they run by."""

from typing import Any

import pytest

from operations.node_sets import NodeSet
from operations.plans.pods_kept import differing, refusals

PODS = ("p2p-node-0", "p2p-node-1")


def nodes(replicas: int = 2, first: int = 0) -> NodeSet:
    return NodeSet(namespace="p2p-node", name="p2p-node", replicas=replicas, first=first)


def template(image: str = "a:1", **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"creationTimestamp": None, **metadata}, "spec": {"containers": [{"image": image}]}}


def test_equal_templates_and_all_pods_are_kept() -> None:
    would = {"metadata": {}, "spec": {"containers": [{"image": "a:1"}]}}
    assert tuple(refusals(PODS, nodes(), template(), would)) == ()


def test_without_pods_there_is_nothing_to_roll() -> None:
    assert tuple(refusals((), nodes(), None, template())) == ()


@pytest.mark.parametrize(
    ("runs", "path"),
    [
        (template("a:2"), "spec.template.spec.containers[0].image"),
        (template(annotations={"restartedAt": "noon"}), "spec.template.metadata.annotations"),
        (None, "at spec.template."),
    ],
)
def test_pods_that_would_roll_are_refused_with_the_path(runs: object, path: str) -> None:
    [text] = refusals(PODS, nodes(), runs, template())
    assert "would roll its pods" in text
    assert path in text


@pytest.mark.parametrize(("declared", "stopped"), [(nodes(1), "p2p-node-1"), (nodes(2, first=1), "p2p-node-0")])
def test_pods_beyond_the_number_of_nodes_are_refused(declared: NodeSet, stopped: str) -> None:
    [text] = refusals(PODS, declared, template(), template())
    assert text.startswith(f"The StatefulSet would stop pods that are more than its {declared.replicas}: {stopped}.")


def test_lists_of_another_length_differ_as_a_whole() -> None:
    assert list(differing({"a": [1]}, {"a": [1, 2]}, "x")) == ["x.a"]
