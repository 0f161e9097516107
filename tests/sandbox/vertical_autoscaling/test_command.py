from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console as RichConsole

from operations.adapters.console import Console
from operations.errors import OperationError
from sandbox.controlplane import Processes
from sandbox.dataplane.api_server import ApiServer
from sandbox.layout import Layout
from sandbox.toolchain import Toolset
from sandbox.vertical_autoscaling import command, target
from sandbox.vertical_autoscaling.components import flags
from sandbox.vertical_autoscaling.demonstration import Demonstration
from sandbox.vertical_autoscaling.recording import Recording
from sandbox.vertical_autoscaling.running import Place
from sandbox.vertical_autoscaling.scene import Scene, scene
from sandbox.vertical_autoscaling.target import Target
from sandbox.vertical_autoscaling.usage import TABLE, Profile
from tests.sandbox.vertical_autoscaling.pods import autoscaler, node, pod
from tests.sandbox.vertical_autoscaling.test_components import SETTINGS
from tests.sandbox.vertical_autoscaling.test_recording import USAGE, recorded

TARGET = Target(
    namespace="p2p-node", stateful_set="p2p-node", autoscaler="p2p-node", replicas=2, request_mib=2048, most_mib=None
)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(root=(tmp_path / "home").resolve())


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def console(said: io.StringIO) -> Console:
    return Console(RichConsole(file=said, width=120, highlight=False))


def all_down() -> Recording:
    recording = recorded()
    recording.take(9, scene(pods=[], nodes=[node()], events=[], autoscaler=None, stateful_set="p2p-node"), USAGE)
    return recording


def demonstrated(
    layout: Layout,
    console: Console,
    monkeypatch: pytest.MonkeyPatch,
    recording: Recording,
    failure: str = "",
    output: Path | None = None,
) -> None:
    def run(demonstration: Demonstration, *_: object) -> None:
        demonstration.recording = recording
        if failure:
            raise OperationError(failure)

    monkeypatch.setattr(target, "find", lambda *_, **__: TARGET)
    monkeypatch.setattr(Demonstration, "run", run)
    command.demonstrate(layout, Toolset(tools={}), console, output=output)


def test_every_flag_is_printed_whole_however_narrow_the_terminal(console: Console, said: io.StringIO) -> None:
    console.report(command.flag_lines(flags(SETTINGS)))
    text = said.getvalue()
    for its in flags(SETTINGS).values():
        for flag in its:
            assert f"  --{flag.name}={flag.value}  (default {flag.default}) {flag.reason}\n" in f"{text}\n"


def test_it_writes_what_it_saw_and_says_where(
    layout: Layout, console: Console, said: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    demonstrated(layout, console, monkeypatch, recorded())
    folder = layout.root / "vertical-autoscaling"
    assert {file.name for file in folder.iterdir()} == {"picture.svg", "samples.csv"}
    assert str(folder / "picture.svg") in said.getvalue()
    assert "At most 1 down" in said.getvalue()
    assert "2048 -> 3072 MiB" in said.getvalue()


def test_a_failure_leaves_the_record_of_what_there_was(
    layout: Layout, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OperationError, match="in vain"):
        demonstrated(layout, console, monkeypatch, recorded(), failure="in vain")
    assert (layout.root / "vertical-autoscaling" / "samples.csv").is_file()


def test_a_folder_that_cannot_be_written_is_named_with_the_option_that_gave_it(
    layout: Layout, console: Console, said: io.StringIO, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (taken := tmp_path / "taken").write_text("a file")
    with pytest.raises(OperationError, match=rf"cannot be written into {taken}.*--output") as told:
        demonstrated(layout, console, monkeypatch, recorded(), output=taken)
    assert "SANDBOX_HOME" not in str(told.value)
    assert "At most 1 down" in said.getvalue()


def test_a_failure_is_told_though_its_record_cannot_be_written(
    layout: Layout, console: Console, said: io.StringIO, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (taken := tmp_path / "taken").write_text("a file")
    with pytest.raises(OperationError, match="in vain"):
        demonstrated(layout, console, monkeypatch, recorded(), failure="in vain", output=taken)
    assert f"note: What was recorded cannot be written into {taken}" in said.getvalue()


def test_before_anything_was_recorded_nothing_is_written(
    layout: Layout, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OperationError, match="in vain"):
        demonstrated(layout, console, monkeypatch, Recording(), failure="in vain")
    assert not (layout.root / "vertical-autoscaling").exists()


def test_more_than_one_node_down_is_a_failure(
    layout: Layout, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OperationError, match="2 nodes were down at once"):
        demonstrated(layout, console, monkeypatch, all_down())


def test_a_slower_world_is_given_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_SPEED", "600")
    at_usual_speed = command.restart_seconds()
    monkeypatch.setenv("SANDBOX_SPEED", "60")
    assert command.restart_seconds() > at_usual_speed + 200


@pytest.fixture
def demonstration(layout: Layout, console: Console) -> Iterator[Demonstration]:
    with console.phase("waiting") as progress:
        yield Demonstration(
            place=Place(layout=layout, server=ApiServer(layout.kubeconfig), processes=Processes(layout=layout)),
            target=TARGET,
            profile=Profile.read(),
            profile_file=TABLE,
            progress=progress,
            restart_seconds=1,
        )


def recommending(memory: str, lower: str) -> Scene:
    return scene(
        pods=[pod(ready=False)], nodes=[], events=[], autoscaler=autoscaler(memory, lower), stateful_set="p2p-node"
    )


def test_what_does_not_happen_in_its_time_is_told_with_the_state_and_the_logs(demonstration: Demonstration) -> None:
    demonstration.scene = recommending("2Gi", "1Gi")
    with pytest.raises(OperationError, match=r"Waited -0 s for a wonder in vain.* p2p-node-0 2048 MiB down.*logs"):
        demonstration._until("a wonder", lambda: False, -0.1)


def test_a_recommendation_of_an_earlier_run_counts_only_where_it_evicts_nobody(demonstration: Demonstration) -> None:
    assert not demonstration._recommended(None)
    harmful, harmless = recommending("7Gi", "6Gi"), recommending("2Gi", "1Gi")
    demonstration.scene = harmful
    assert not demonstration._recommended(harmful.recommendation)
    assert demonstration._recommended(harmless.recommendation)
    demonstration.scene = harmless
    assert demonstration._recommended(harmless.recommendation)


def test_one_node_of_two_is_not_all_of_them(demonstration: Demonstration) -> None:
    demonstration.scene = scene(pods=[pod()], nodes=[], events=[], autoscaler=None, stateful_set="p2p-node")
    assert not demonstration._all_up()
