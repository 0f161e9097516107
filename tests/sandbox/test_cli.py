"""What a user can cause is told in a paragraph, never by a traceback."""

import io
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from rich.console import Console as RichConsole
from typer.testing import CliRunner

from operations.adapters.console import Console
from operations.errors import OperationError
from sandbox import cli
from sandbox.controlplane import Command, Processes
from sandbox.layout import Layout
from sandbox.simulator import delays

COMMANDS = ["tools", "bootstrap", "up", "preview", "destroy", "demo-vpa", "down", "status", "pulumi", "kubectl"]


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setenv("SANDBOX_HOME", str(tmp_path / "home"))
    return Layout(root=(tmp_path / "home").resolve())


def failed(*arguments: str) -> str:
    ran = CliRunner().invoke(cli.app, [*arguments])
    assert isinstance(ran.exception, SystemExit), ran.exception
    assert ran.exit_code == 1
    return " ".join(ran.output.split())


def test_a_senseless_speed(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_SPEED", "abc")
    assert "SANDBOX_SPEED is 'abc'" in failed("pulumi", "--", "stack")


@pytest.mark.parametrize("command", [*COMMANDS, "grow-disks 200"])
def test_a_home_that_cannot_be_made(layout: Layout, command: str) -> None:
    layout.root.write_text("a file")
    assert str(layout.root) in failed(*command.split())


@pytest.mark.parametrize("command", ["pulumi", "kubectl"])
def test_before_anything_was_set_up(layout: Layout, command: str) -> None:
    assert "Run `make up` first" in failed(command)


def test_status_says_whether_the_api_server_is_ready(layout: Layout) -> None:
    assert "API server: never started" in failed("status")
    layout.controlplane.mkdir()
    endpoint = {"server": "https://127.0.0.1:1", "host": "127.0.0.1:1", "ca_pem": "", "token": "t"}
    layout.endpoint.write_text(json.dumps(endpoint))
    assert "https://127.0.0.1:1 is not ready" in failed("status")


def test_a_check_of_no_stack_is_told_and_leaves_the_sandbox_alone(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.world.resolve_tools", lambda *_: None)
    assert "There is no Pulumi.nowhere.yaml. Stacks of this project: dev, dr, prod" in failed("check", "nowhere")
    assert not layout.root.exists()


@pytest.mark.parametrize("command", [["up"], ["destroy"], ["grow-disks", "60"]])
def test_a_failure_names_the_process_of_the_sandbox_that_ended(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    def fails(*_: object, **__: object) -> None:
        Processes(layout=layout).start(Command(name="dataplane", argv=("/bin/sh", "-c", "echo out of memory")))
        monkeypatch.setattr("sandbox.controlplane.processes.running", lambda _: None)
        raise OperationError("It failed.")

    prepared(monkeypatch)
    monkeypatch.setattr(cli, "update_stack", fails)
    monkeypatch.setattr(cli, "destroy_stack", fails)
    monkeypatch.setattr(cli, "grow_disks_of_stack", fails)
    assert "It failed. dataplane (process" in failed(*command)


def test_a_destroy_shows_what_was_waited_for(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def destroys(*_: object, **__: object) -> tuple[()]:
        time.sleep(0.01)  # The journal's times are in milliseconds.
        delays.record(layout, type="gcp:compute/router:Router", name="n", operation="delete", simulated=180, real=0.3)
        return ()

    prepared(monkeypatch)
    monkeypatch.setattr(cli, "destroy_stack", destroys)
    monkeypatch.setattr(cli, "require_nothing_left", lambda *_: None)
    ran = CliRunner().invoke(cli.app, ["destroy"])
    assert ran.exit_code == 0
    assert "delete gcp:compute/router:Router" in ran.output


def test_waits_of_earlier_commands_are_not_shown(layout: Layout) -> None:
    delays.record(layout, type="gcp:compute/router:Router", name="n", operation="delete", simulated=180, real=0.3)
    console = Console(RichConsole(file=io.StringIO()))
    cli.show_waits(layout, datetime.now(UTC) + timedelta(seconds=1), console)
    assert cast(io.StringIO, console.rich.file).getvalue() == ""


def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """A world that is up and an engine that is open."""
    monkeypatch.setattr("sandbox.world.start", lambda *_: None)
    monkeypatch.setattr(cli, "open_engine", lambda *_, **__: SimpleNamespace(outputs=dict))
    monkeypatch.setattr(cli, "release", lambda *_: None)
    monkeypatch.setattr(cli, "settle", lambda *_: None)
