"""Disks grow in an order that a kill at any point leaves safe, and that a repeat goes on with."""

import io
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, cast

import pytest

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.adapters.node_disks import NodeDisks
from operations.commands import disk_waits
from operations.commands import grow_disks as command
from operations.commands.grow_disks import grow_disks
from operations.commands.up import up
from operations.errors import DeclinedError, OperationError, UnreachableError
from operations.facts import Action, Failure, Operation, Run, Violation
from tests.operations.commands.world import CREATED, RESIZED, SAME, World
from tests.operations.sets import URN, inputs, replaced

BROKEN = Violation(policy="claim-on-ssd", level="mandatory", urn=URN, message="it is none")
FORBIDDEN = Failure(urn=URN, message="spec: Forbidden: updates to statefulset spec for fields other than 'replicas'")
ORDER = ["preview", "grow data-p2p-node-0", "grow data-p2p-node-1", "release u", f"read {URN}", "preview", "up"]


@pytest.fixture
def world(fake: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(fake)
    monkeypatch.setattr(fake, "read_again", made.read_again)
    monkeypatch.setattr(fake, "up", made.up)
    monkeypatch.setattr(command, "connected", lambda engine: None)
    monkeypatch.setattr(NodeDisks, "look", lambda self, *parts: made.live)
    monkeypatch.setattr(NodeDisks, "grow", lambda self, claim, size: made.grow(claim, size))
    monkeypatch.setattr(NodeDisks, "release", lambda self, uid: made.release(uid))
    monkeypatch.setattr(NodeDisks, "pod_templates", lambda self, declared: made.pod_templates(declared))
    monkeypatch.setattr(disk_waits, "POLL", 0.0)
    return made


def run(world: World, console: Console, size: str = "60Gi", *, confirmed: bool = True, accept: bool = False) -> None:
    grow_disks(cast(Engine, world.engine), console, size, confirmed=confirmed, accept_unjudged=accept)


def said(console: Console) -> str:
    assert isinstance(console.rich.file, io.StringIO)
    return console.rich.file.getvalue()


def test_claims_first_then_the_set_around_its_pods_then_an_empty_preview(world: World, console: Console) -> None:
    run(world, console)
    assert world.calls == [*ORDER, "preview"]
    assert "1. ask for 60 GiB: data-p2p-node-0, data-p2p-node-1" in said(console)
    assert "data-p2p-node-1 has 60 GiB" in said(console)
    assert "made anew meanwhile" not in said(console)
    assert "no changes" in said(console)


@pytest.mark.parametrize("at", ["grow data-p2p-node-0", "grow data-p2p-node-1", "release", "read", "up"])
def test_a_repeat_goes_on_where_a_run_was_killed(world: World, console: Console, at: str) -> None:
    world.killed_at = at
    with pytest.raises(KeyboardInterrupt):
        run(world, console)
    world.killed_at = ""
    run(world, console)
    assert [call for call in world.calls if call != "preview"] == [call for call in ORDER if call != "preview"]


@pytest.mark.parametrize(
    ("at", "told"), [("grow data-p2p-node-1", False), ("release", True), ("read", True), ("up", True)]
)
def test_an_interrupt_says_what_it_leaves_while_the_set_is_absent(
    world: World, console: Console, at: str, told: bool
) -> None:
    world.killed_at = at
    with pytest.raises(KeyboardInterrupt):
        run(world, console)
    words = "The StatefulSet may be absent. Its pods run on, and one that stops now does not come back."
    assert (words in said(console)) == told
    assert ("`make grow-disks STACK=dev SIZE=60Gi` again" in said(console)) == told


@pytest.mark.parametrize("at", ["nothing", "release", "read", "up"])
def test_another_source_of_new_disks_leaves_those_that_are_there(world: World, console: Console, at: str) -> None:
    world.declared = inputs("50Gi", snapshot="last-night")
    world.shows(replaced(inputs("50Gi"), world.declared))
    world.killed_at = at
    with pytest.raises(KeyboardInterrupt) if at != "nothing" else nullcontext():
        run(world, console, "50Gi")
    world.killed_at = ""
    run(world, console, "50Gi")
    assert [call for call in world.calls if call != "preview"] == ["release u", f"read {URN}", "up"]
    assert "no changes" in said(console)


def test_a_plain_update_between_delete_and_create_stops_no_pod(world: World, console: Console) -> None:
    world.killed_at = "read"
    with pytest.raises(KeyboardInterrupt):
        run(world, console)
    with pytest.raises(OperationError, match="make grow-disks STACK=dev SIZE=60Gi"):
        up(cast(Engine, world.engine), console, confirmed=True)
    assert world.calls[-1] == "preview"


def test_a_repeat_of_what_is_done_only_looks(world: World, console: Console) -> None:
    run(world, console)
    world.calls.clear()
    run(world, console, "60")
    assert world.calls == ["preview", "preview"]
    assert "nothing is left to do" in said(console)


def test_nothing_is_done_without_a_confirmation(world: World, console: Console) -> None:
    with pytest.raises(DeclinedError):
        run(world, console, confirmed=False)
    assert world.calls == ["preview"]
    assert "4. tell the engine's state" in said(console)


@pytest.mark.parametrize(
    ("size", "words"),
    [("40", "Disks cannot shrink"), ("70", "Set p2p-nodes:node.disk_gib in it to 70"), ("60GB", "Allowed is a whole")],
)
def test_a_size_that_cannot_be_is_refused_before_anything_is_touched(
    world: World, console: Console, size: str, words: str
) -> None:
    with pytest.raises(OperationError, match=rf"{words}.*Nothing was changed"):
        run(world, console, size)
    assert world.calls in ([], ["preview"])


def test_other_changes_wait(world: World, console: Console) -> None:
    world.shows(replaced(inputs("50Gi"), inputs("60Gi", image="a:2")))
    with pytest.raises(OperationError, match=r"other changes than the size of its disks(.|\n)*Nothing was changed"):
        run(world, console)
    assert world.calls == ["preview"]


@pytest.mark.parametrize(
    ("came_in", "words"),
    [
        ([replace(CREATED, after=inputs("60Gi", image="a:2"))], r"p2p-node at its\.spec\.template.*image"),
        (
            [CREATED, Operation(urn=f"{URN}-2", action=Action.CREATE)],
            "create kubernetes:apps/v1:StatefulSet p2p-node-2",
        ),
    ],
)
def test_what_comes_in_after_the_confirmation_is_not_made(
    world: World, console: Console, monkeypatch: pytest.MonkeyPatch, came_in: list[Operation], words: str
) -> None:
    monkeypatch.setattr(world.engine, "read_again", lambda urns, notice: world.shows(*came_in))
    with pytest.raises(OperationError, match=f"something else than what was confirmed: {words}"):
        run(world, console)
    assert "up" not in world.calls


def test_a_repeat_without_the_set_does_not_roll_its_pods(world: World, console: Console) -> None:
    world.killed_at = "up"
    with pytest.raises(KeyboardInterrupt):
        run(world, console)
    world.killed_at, world.declared = "", inputs("60Gi", image="a:2")
    world.shows(replace(CREATED, after=world.declared))
    calls = [*world.calls]
    with pytest.raises(OperationError, match=r"would roll its pods.*image.*Nothing was changed"):
        run(world, console)
    assert world.calls == [*calls, "preview"]


def test_what_the_pods_run_by_unknown_to_the_state_stops_it_before_it_begins(world: World, console: Console) -> None:
    world.runs = {"metadata": {"annotations": {"restartedAt": "noon"}}, **inputs()["spec"]["template"]}
    with pytest.raises(OperationError, match=r"spec\.template\.metadata.*Nothing was changed"):
        run(world, console)
    assert world.calls == ["preview"]


def test_without_pods_nobody_asks_what_they_run_by(world: World, console: Console) -> None:
    world.live = replace(world.live, pods={}, owners={}, revisions={})
    run(world, console)
    assert "no changes" in said(console)


def test_a_mandatory_violation_stops_it_as_it_stops_an_update(world: World, console: Console) -> None:
    world.engine.runs = {"preview": Run(succeeded=False, operations=(RESIZED,), violations=(BROKEN,))}
    with pytest.raises(OperationError, match="mandatory policy violation"):
        run(world, console)
    assert world.calls == ["preview"]


def test_what_could_not_be_judged_must_be_accepted_before_anything_is_touched(world: World, console: Console) -> None:
    world.engine.environment = "production"
    note = replace(BROKEN, level="advisory", insists=True)
    world.engine.runs = {"preview": Run(succeeded=True, operations=(RESIZED,), violations=(note,))}
    with pytest.raises(OperationError, match="could not be judged"):
        run(world, console)
    assert world.calls == ["preview"]
    run(world, console, accept=True)
    assert "up" in world.calls


def test_a_silent_cluster_stops_it_before_it_begins(
    world: World, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(engine: object) -> None:
        raise UnreachableError("does not answer")

    monkeypatch.setattr(command, "connected", silent)
    with pytest.raises(OperationError, match=r"does not answer\. Nothing was changed"):
        run(world, console)


def test_a_failed_step_says_what_is_kept_and_what_to_run(
    world: World, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_waits, "DONE_WITHIN", -1.0)
    monkeypatch.setattr(NodeDisks, "grow", lambda self, claim, size: None)
    with pytest.raises(
        OperationError, match=r"none of these claims has grown: data-p2p-node-0.*no pod was stopped.*same command again"
    ):
        run(world, console)
    assert "release u" not in world.calls


def test_pods_that_others_made_anew_are_told(world: World, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    def evicts(uid: str) -> None:
        world.live = replace(world.live, stateful_set=None, pods={**world.live.pods, "p2p-node-1": "c"})

    monkeypatch.setattr(world, "release", evicts)
    run(world, console)
    assert "made anew meanwhile, not by this command: p2p-node-1" in said(console)


def test_a_preview_that_is_not_empty_at_the_end_is_an_error(
    world: World, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world.up

    def makes(listener: object) -> Run:
        ended = made(listener)
        world.shows(SAME, Operation(urn=f"{URN}-2", action=Action.UPDATE))
        return ended

    monkeypatch.setattr(world.engine, "up", makes)
    with pytest.raises(OperationError, match="still reports the changes above"):
        run(world, console)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (
            "up",
            r"^The disks of stack dev were made as declared.* of what came after that alone this is said: The preview",
        ),
        (
            "read_again",
            r"\*the StatefulSet comes back and takes its pods\* alone this is said: The preview of stack dev",
        ),
    ],
)
def test_a_preview_that_fails_later_does_not_say_that_nothing_was_changed_before(
    world: World, console: Console, monkeypatch: pytest.MonkeyPatch, when: str, words: str
) -> None:
    made = getattr(world, when)

    def then_fails(*arguments: Any, **options: Any) -> Any:
        ended = made(*arguments, **options)
        world.engine.runs = {"preview": Run(succeeded=False)}
        return ended

    monkeypatch.setattr(world.engine, when, then_fails)
    with pytest.raises(OperationError, match=f"(?i){words}"):
        run(world, console)


@pytest.mark.parametrize("sets", [(), (SAME, replace(SAME, urn=f"{URN}-2"))])
def test_one_set_is_meant(world: World, console: Console, sets: tuple[Operation, ...]) -> None:
    world.shows(*sets)
    with pytest.raises(OperationError, match="one StatefulSet with one claim template"):
        run(world, console)


def test_a_plugin_that_cannot_preview_it_is_asked_for_the_rest(world: World, console: Console) -> None:
    failed = Run(succeeded=False, operations=(RESIZED,), failures=(FORBIDDEN,))
    # Excluded, the set is what the state has.
    kept = replace(SAME, before=inputs("50Gi"), after=inputs("50Gi"))
    rest = f"preview without {URN}"
    world.engine.runs = {"preview": failed, rest: Run(succeeded=True, operations=(kept,))}
    run(world, console)
    assert world.calls == ["preview", rest, *ORDER[1:], "preview"]


def test_what_is_not_judged_as_a_whole_before_the_set_is_gone_must_be_accepted(world: World, console: Console) -> None:
    world.engine.environment = "production"
    failed = Run(succeeded=False, operations=(RESIZED,), failures=(FORBIDDEN,))
    rest = f"preview without {URN}"
    world.engine.runs = {"preview": failed, rest: Run(succeeded=True, operations=(SAME,))}
    with pytest.raises(OperationError, match="could not be judged"):
        run(world, console)
    assert world.calls == ["preview", rest]
    assert "the stack as a whole with the new claim template" in said(console)
    run(world, console, accept=True)
    assert world.calls[-2:] == ["up", "preview"]


@pytest.mark.parametrize(
    ("first", "rest", "words"),
    [
        ((BROKEN,), Run(succeeded=True), "mandatory policy violation"),
        ((), Run(succeeded=False), "The preview of stack dev failed"),
    ],
)
def test_what_the_pack_or_the_rest_says_then_still_stops_it(
    world: World, console: Console, first: tuple[Violation, ...], rest: Run, words: str
) -> None:
    failed = Run(succeeded=False, operations=(RESIZED,), failures=(FORBIDDEN,), violations=first)
    world.engine.runs = {"preview": failed, f"preview without {URN}": rest}
    with pytest.raises(OperationError, match=words):
        run(world, console)
    assert world.calls == ["preview", f"preview without {URN}"]
