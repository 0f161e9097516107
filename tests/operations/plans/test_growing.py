"""What is left to do follows from what there is, wherever an earlier run stopped."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from operations.disks import Claim, Live
from operations.node_sets import NodeSet, Template
from operations.plans.growing import Do, Facts, plan, refusals, restarted, size_of

GIB = 2**30


def claim(ordinal: int = 0, requested: int = 50, capacity: int = 50, **given: object) -> Claim:
    made = Claim(
        name=f"data-p2p-node-{ordinal}",
        requested=requested * GIB,
        capacity=capacity * GIB,
        phase="Bound",
        storage_class="ssd",
        in_use=True,
    )
    return replace(made, **given)  # type: ignore[arg-type]


def template(size: int | str) -> Template:
    """Of so many GiB; text is what volumes of 60 GiB are filled from."""
    return Template(size=60 * GIB, source=size) if isinstance(size, str) else Template(size=size * GIB)


def nodes(size: int | str) -> NodeSet:
    return NodeSet(namespace="p2p-node", name="p2p-node", replicas=2, templates={"data": template(size)})


def facts(
    *,
    wanted: int = 60,
    declared: int | str = 60,
    held: int | str | None = 50,
    live: int | str | None = 50,
    leaving: bool = False,
    claims: Iterable[Claim] = (claim(0), claim(1)),
) -> Facts:
    return Facts(
        stack="dev",
        urn="urn",
        wanted=wanted * GIB,
        template="data",
        declared=template(declared),
        held=None if held is None else template(held),
        live=Live(
            stateful_set=None if live is None else nodes(live),
            leaving=leaving,
            claims=tuple(claims),
            expandable=frozenset({"ssd"}),
        ),
    )


GROWN = (claim(0, 60, 60), claim(1, 60, 60))
REST = [Do.RELEASE, Do.READ, Do.MAKE]


@pytest.mark.parametrize(
    ("at", "left"),
    [
        pytest.param(facts(), [Do.GROW, Do.WAIT, *REST], id="nothing was done"),
        pytest.param(facts(claims=(claim(0, 60), claim(1))), [Do.GROW, Do.WAIT, *REST], id="one claim asks"),
        pytest.param(facts(claims=(claim(0, 60), claim(1, 60))), [Do.WAIT, *REST], id="all claims ask"),
        pytest.param(facts(claims=GROWN), REST, id="the disks have grown"),
        pytest.param(facts(claims=GROWN, leaving=True), REST, id="the set is going"),
        pytest.param(facts(claims=GROWN, live=None), [Do.READ, Do.MAKE], id="the set is gone, the state has it"),
        pytest.param(facts(claims=GROWN, live=None, held=60), [Do.READ, Do.MAKE], id="somebody deleted the new set"),
        pytest.param(facts(claims=GROWN, live=None, held=None), [Do.MAKE], id="the state knows that it is gone"),
        pytest.param(facts(claims=GROWN, live=60, held=None), [Do.MAKE], id="made, and the engine killed"),
        pytest.param(facts(claims=GROWN, live=60, held=50), [Do.READ], id="made by hand"),
        pytest.param(facts(claims=GROWN, live=60, held=60), [], id="done"),
        pytest.param(facts(live=60, held=60), [Do.GROW, Do.WAIT], id="claims of a set that was replaced"),
        pytest.param(facts(declared="new"), [Do.GROW, Do.WAIT, *REST], id="another source, and larger"),
        pytest.param(facts(claims=GROWN, declared="new", held=60, live=60), REST, id="another source alone"),
        pytest.param(facts(claims=GROWN, declared="new", held="old", live="old"), REST, id="another than there was"),
        pytest.param(facts(claims=GROWN, held="old", live="old"), REST, id="none any more"),
        pytest.param(facts(claims=GROWN, declared="new", held="old", live=None), [Do.READ, Do.MAKE], id="set is gone"),
        pytest.param(facts(claims=GROWN, declared="new", held=None, live="new"), [Do.MAKE], id="set is made"),
        pytest.param(facts(claims=GROWN, declared="new", held="old", live="new"), [Do.READ], id="with it, by hand"),
        pytest.param(facts(claims=GROWN, declared="new", held="new", live="old"), REST, id="without it, by hand"),
        pytest.param(facts(claims=GROWN, declared="new", held="new", live="new"), [], id="done, with the source"),
    ],
)
def test_the_steps_that_are_left(at: Facts, left: list[Do]) -> None:
    assert refusals(at) == ()
    assert [step.do for step in plan(at)] == left


def test_claims_that_have_the_size_are_left_alone() -> None:
    grow, wait, *_ = plan(facts(claims=(claim(0, 60, 60), claim(1, 60), claim(2))))
    assert grow.claims == ("data-p2p-node-2",)
    assert wait.claims == ("data-p2p-node-1", "data-p2p-node-2")


def test_a_disk_without_a_running_pod_has_its_file_system_grown_by_the_next_one() -> None:
    waits = claim(0, 60, 50, file_system_waits=True)
    assert [step.do for step in plan(facts(claims=(waits,)))] == [Do.WAIT, *REST]
    assert [step.do for step in plan(facts(claims=(replace(waits, in_use=False),)))] == REST


def test_a_claim_that_waits_for_its_volume_gets_it_with_the_size_that_it_asks_for() -> None:
    waits = facts(declared="new", held="missing", live="missing", claims=(*GROWN, claim(2, 60, 0, phase="Pending")))
    assert refusals(waits) == ()
    assert [step.do for step in plan(waits)] == REST


def test_the_step_that_makes_the_set_says_what_new_volumes_are_filled_from() -> None:
    assert (
        plan(facts(declared="new"))[-1].text
        == "make the StatefulSet with 60 GiB filled from new; it takes its pods over"
    )


@pytest.mark.parametrize(
    ("at", "what"),
    [
        (facts(wanted=40, declared=40), "claim data-p2p-node-0 has 50 GiB"),
        (facts(claims=(claim(0, 60, 70),)), "claim data-p2p-node-0 has 70 GiB"),
        (facts(claims=(claim(0, 80, 50),)), "claim data-p2p-node-0 has 80 GiB"),
        (facts(live=70), "the StatefulSet gives 70 GiB"),
        (facts(held=70), "the stack was brought up with 70 GiB"),
    ],
)
def test_a_size_below_any_that_there_is_is_refused(at: Facts, what: str) -> None:
    [said] = refusals(at)
    assert said.startswith("Disks cannot shrink, and ")
    assert what in said


def test_the_settings_must_say_the_size() -> None:
    [said] = refusals(facts(declared=50))
    assert said == (
        "Pulumi.dev.yaml says 50 GiB, and 60 GiB was asked for. Set p2p-nodes:node.disk_gib in it to 60, and run the "
        "same command again."
    )


@pytest.mark.parametrize(
    ("at", "what"),
    [
        (facts(live=None, held=None, claims=()), "neither the nodes' StatefulSet nor a claim"),
        (facts(claims=(claim(0), claim(1, capacity=0, phase="Pending"))), "data-p2p-node-1 (Pending)"),
        (facts(claims=(claim(0, 60, 0, phase="Lost"),)), "data-p2p-node-0 (Lost)"),
        (facts(claims=(claim(0, storage_class="slow"),)), "cannot grow (allowVolumeExpansion): slow."),
    ],
)
def test_what_the_cluster_would_refuse_midway_is_refused_before(at: Facts, what: str) -> None:
    [said] = refusals(at)
    assert what in said


def test_a_class_that_nothing_must_grow_in_may_be_any() -> None:
    assert refusals(facts(claims=(claim(0, 60, 60, storage_class="slow"),))) == ()


@pytest.mark.parametrize("text", ["200", "200Gi"])
def test_sizes(text: str) -> None:
    assert size_of(text) == 200 * GIB


@pytest.mark.parametrize("text", ["", "0", "-5", "200GB", "200G", "200gi", "1.5Gi", "1Ti", "200 Gi", "٢", "20000000"])
def test_everything_else_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="a whole number of GiB, such as 200 or 200Gi"):
        size_of(text)


def test_pods_that_are_not_the_same_any_more() -> None:
    assert restarted({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "4", "d": "5"}) == ("b", "c")
