"""What is started, what is said about it, and in which order it ends."""

import io
import json
from pathlib import Path
from typing import cast

import pytest
from rich.console import Console as RichConsole

from operations.adapters.console import Console
from operations.errors import OperationError
from sandbox import world
from sandbox.controlplane import Command, ControlPlaneError, Processes
from sandbox.layout import Layout
from sandbox.simulator.clock import Speed
from sandbox.toolchain import ResolvedTool, Silent, Toolset

SPEED = Speed(factor=600)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(root=(tmp_path / "home").resolve())


def tools_with(kwok: Path) -> Toolset:
    return Toolset(tools={"kwok": ResolvedTool(name="kwok", path=kwok, version="v0", origin="path", seconds=0)})


def executable(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_data_plane_that_ends_at_once_is_told(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(executable(tmp_path / "python", "echo no module; exit 1")))
    tools = tools_with(executable(tmp_path / "kwok", "exec sleep 30"))
    try:
        with pytest.raises(ControlPlaneError, match=r"dataplane ended by itself(.|\n)*no module"):
            world.start_data_plane(layout, tools, SPEED, Silent())
    finally:
        Processes(layout=layout).stop()


def test_what_runs_already_is_not_looked_at_for_long(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(executable(tmp_path / "python", "exec sleep 30")))
    tools = tools_with(executable(tmp_path / "kwok", "exec sleep 30"))
    looked: list[list[str]] = []
    monkeypatch.setattr(world, "require_alive", lambda _, names: looked.append(list(names)))
    try:
        for _ in range(2):
            world.start_data_plane(layout, tools, SPEED, Silent())
    finally:
        Processes(layout=layout).stop()
    assert looked == [["kwok", "dataplane"], []]


def test_a_folder_that_cannot_be_written_is_told(layout: Layout, tmp_path: Path) -> None:
    layout.root.mkdir()
    (layout.root / "dataplane").write_text("in the way")
    with pytest.raises(OperationError, match=r"home/dataplane.*mend the permissions"):
        world.start_data_plane(layout, tools_with(tmp_path / "kwok"), SPEED, Silent())


def test_they_end_in_the_order_of_what_they_need_whatever_the_order_of_their_start(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes = Processes(layout=layout)
    started = ("vpa-metrics", "dataplane", "kube-scheduler", "etcd", "kube-apiserver", "vpa-updater", "kwok")
    ended: list[str] = []
    monkeypatch.setattr("sandbox.progress.Lines.report", lambda _, name, state, __: ended.append(name))
    for name in started:
        processes.start(Command(name=name, argv=("/bin/sleep", "30")))
    world.stop(layout, Console(RichConsole(file=io.StringIO())))
    assert ended == [
        "vpa-updater",
        "vpa-metrics",
        "dataplane",
        "kwok",
        "kube-scheduler",
        "kube-apiserver",
        "etcd",
    ]
    assert processes.states() == ()


def test_leftovers_that_cannot_be_looked_for_are_told(layout: Layout) -> None:
    with pytest.raises(ControlPlaneError, match="What a killed `make demo-vpa` left cannot be removed"):
        world.end_demonstration(layout, Silent())


def test_an_official_kubernetes_plugin_is_said_aloud(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin = executable(tmp_path / "pulumi-resource-kubernetes", "echo v4.1.0")
    layout.controlplane.mkdir(parents=True)
    layout.endpoint.write_text(json.dumps({"token": "t"}))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    names = ("pulumi", "kubectl", "kwok", "schemas")
    found = {n: ResolvedTool(name=n, path=Path("/bin/true"), version="v0", origin="path", seconds=0) for n in names}
    monkeypatch.setattr(world, "resolve", lambda *_: Toolset(tools=found))
    monkeypatch.setattr("sandbox.controlplane.start", lambda *_, **__: None)
    monkeypatch.setattr(world, "start_data_plane", lambda *_: None)
    monkeypatch.setattr(world, "end_demonstration", lambda *_: None)
    console = Console(RichConsole(file=io.StringIO(), width=400))
    world.start(layout, console)
    said = cast(io.StringIO, console.rich.file).getvalue()
    assert f"kubernetes plugin: the official one in {plugin.parent} (v4.1.0)" in said
