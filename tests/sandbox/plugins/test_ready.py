"""A plugin that was loaded ahead serves the engine's start of it, as one that the start itself makes."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox import ahead, engine_folder
from sandbox.layout import CHECKOUT, Layout
from sandbox.plugins import takeover
from sandbox.plugins.requests import Plugin

LIMIT_SECONDS = 20
SESSION = """
import sys
from pathlib import Path
from sandbox import ahead
found = ahead.plugins_ahead(Path(sys.argv[1]), ["gcp"], {})
print(ahead._loading[0].pid, *found.values(), flush=True)
"""
ENGINE = """
import subprocess, sys
plugin = subprocess.Popen([sys.argv[1], "127.0.0.1:1"], stdout=subprocess.PIPE, text=True)
print(plugin.pid, plugin.stdout.readline().strip(), flush=True)
sys.stdin.read()
"""


@dataclass(kw_only=True)
class Started:
    """A plugin's executable, with the process that loaded the plugin ahead, and what was run since."""

    executable: Path
    environment: dict[str, str]
    loader: psutil.Process
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, *command: str | Path) -> subprocess.Popen[str]:
        """Runs `command`, as the engine would."""
        process = subprocess.Popen(
            command,
            env=self.environment,
            cwd=self.executable.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        return process

    def start(self) -> tuple[psutil.Process, int]:
        """(what the engine started, the port that it printed)."""
        process = self.run(self.executable, "127.0.0.1:1")
        assert process.stdout is not None
        return psutil.Process(process.pid), int(process.stdout.readline())

    def plugin(self, port: int) -> psutil.Process:
        """The fork that serves at `port`."""
        return next(fork for fork in self.loader.children() if port in listens(fork))


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    layout = Layout(root=tmp_path)
    folder = engine_folder.write_plugin(layout, "gcp", tmp_path)
    engine_folder.write_ready(layout, tmp_path)
    found = ahead.plugins_ahead(layout.plugins / "ready", ["gcp"], {})
    loader = ahead._loading.pop()
    made = Started(
        executable=folder / "pulumi-resource-gcp",
        environment={**os.environ, **found},
        loader=psutil.Process(loader.pid),
    )
    yield made
    for fork in made.loader.children() if made.loader.is_running() else ():
        fork.kill()
    for process in made.running:
        process.kill()
        process.communicate()
    loader.communicate(timeout=LIMIT_SECONDS)
    shutil.rmtree(found[takeover.FOLDER_VARIABLE], ignore_errors=True)


def answers(port: int) -> bool:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        version = provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty()).version
    return bool(version)


def listens(process: psutil.Process) -> set[int]:
    return {one.laddr.port for one in process.net_connections(kind="tcp") if one.status == psutil.CONN_LISTEN}


def gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def test_every_start_gets_a_plugin_of_its_own(started: Started) -> None:
    first, second = started.start()[1], started.start()[1]
    assert answers(first)
    assert answers(second)
    assert started.plugin(first).pid != started.plugin(second).pid


def test_a_plugin_works_and_logs_where_it_would_alone(started: Started) -> None:
    _, port = started.start()
    plugin = started.plugin(port)
    started.environment.pop(takeover.FOLDER_VARIABLE)
    alone, _ = started.start()
    assert plugin.cwd() == alone.cwd() == str(started.executable.parent)
    assert [file.path for file in plugin.open_files()] == [file.path for file in alone.open_files()] != []


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGKILL])
def test_the_plugin_ends_with_what_the_engine_started(started: Started, by: signal.Signals) -> None:
    taker, port = started.start()
    plugin = started.plugin(port)
    taker.send_signal(by)
    until(lambda: gone(taker) and gone(plugin), "the plugin outlives what the engine started")


def test_what_the_engine_started_ends_with_the_plugin(started: Started) -> None:
    taker, port = started.start()
    started.plugin(port).kill()
    until(lambda: gone(taker), "the engine would not see that its plugin crashed")


def test_both_end_with_an_engine_that_is_killed(started: Started) -> None:
    engine = started.run(sys.executable, "-c", ENGINE, started.executable)
    assert engine.stdout is not None
    pid, port = (int(number) for number in engine.stdout.readline().split())
    assert answers(port)
    taker, plugin = psutil.Process(pid), started.plugin(port)
    engine.kill()
    until(lambda: gone(taker) and gone(plugin), "the plugin outlives its engine")


def test_a_plugin_in_use_outlives_the_session_and_ends_with_its_engine(started: Started) -> None:
    taker, port = started.start()
    plugin = started.plugin(port)
    started.loader.kill()
    started.loader.wait()
    assert answers(port)
    taker.kill()
    until(lambda: gone(plugin), "the plugin outlives its engine")


def test_without_the_process_that_loaded_them_plugins_start_alone(started: Started) -> None:
    started.loader.kill()
    started.loader.wait()
    taker, port = started.start()
    assert answers(port)
    assert port in listens(taker)


def test_plugins_that_nobody_needs_end_with_the_session(started: Started) -> None:
    session = subprocess.run(
        [sys.executable, "-c", SESSION, started.executable.parent.parent / "ready"],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=LIMIT_SECONDS,
    )
    pid, folder = session.stdout.split()
    until(lambda: not psutil.pid_exists(int(pid)) or gone(psutil.Process(int(pid))), "it outlives the session")
    assert not Path(folder).exists()


def test_what_cannot_be_loaded_ahead_is_left_to_the_engine(tmp_path: Path) -> None:
    found = ahead.plugins_ahead(tmp_path / "missing", ["gcp"], {})
    assert takeover.take_over(str(Path(found[takeover.FOLDER_VARIABLE]) / "gcp"), []) is None
    assert not Path(found[takeover.FOLDER_VARIABLE]).exists()


def test_a_plugin_that_ends_before_it_answers_is_not_taken_over(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen(1)
        ends = subprocess.Popen(
            [sys.executable, "-c", f"import socket; socket.socket(fileno={listener.fileno()}).accept()"],
            pass_fds=[listener.fileno()],
        )
    assert takeover.take_over(str(tmp_path / "s"), ["1"]) is None
    ends.wait()


def test_a_plugin_has_nothing_to_prepare_by_itself() -> None:
    Plugin().prepare()


@pytest.mark.parametrize(
    ("name", "what"), [("kubernetes", "'kubernetes.client' in sys.modules"), ("gcp", "'_catalogue' in plugin.__dict__")]
)
def test_what_the_first_requests_need_is_loaded(name: str, what: str, tmp_path: Path) -> None:
    code = (
        f"import sys; from sandbox.plugins.{name}.__main__ import served; plugin = served().plugin; print({what})\n"
        f"from sandbox.plugins.ready import loaded; plugin = loaded('{name}').plugin; print({what})\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=CHECKOUT,
        env={**os.environ, "SANDBOX_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["False", "True"]
