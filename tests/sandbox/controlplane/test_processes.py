from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from sandbox.controlplane.errors import ControlPlaneError
from sandbox.controlplane.processes import Command, Processes
from sandbox.layout import Layout

SLEEP = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)
PARENT = (
    "import subprocess, sys, time; c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(c.pid, flush=True); time.sleep(60)"
)


def python(name: str, code: str) -> Command:
    return Command(name=name, argv=(sys.executable, "-c", code))


class Heard:
    def __init__(self) -> None:
        self.news: list[tuple[str, str, str]] = []

    def report(self, tool: str, state: str, detail: str) -> None:
        self.news.append((tool, state, detail))


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def processes(tmp_path: Path, heard: Heard) -> Iterator[Processes]:
    processes = Processes(layout=Layout(root=tmp_path), progress=heard)
    yield processes
    processes.stop(grace_seconds=0.5)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_starting_again_keeps_the_process(processes: Processes) -> None:
    first = processes.start(python("one", SLEEP))
    assert first.state == "running"
    assert processes.start(python("one", SLEEP)).pid == first.pid


def test_a_process_has_a_session_of_its_own_and_knows_its_sandbox(processes: Processes) -> None:
    command = Command(
        name="one", argv=(sys.executable, "-c", SLEEP), environment={"EXTRA": "x", "SANDBOX_HOME": "/wrong"}
    )
    pid = processes.start(command).pid
    assert os.getsid(pid) == pid
    until(lambda: psutil.Process(pid).environ())
    environment = psutil.Process(pid).environ()
    assert (environment["SANDBOX_HOME"], environment["EXTRA"]) == (str(processes.layout.root), "x")


def test_other_settings_restart_it(processes: Processes, heard: Heard) -> None:
    first = processes.start(python("one", SLEEP))
    second = processes.start(python("one", SLEEP + "  # changed"))
    assert second.pid != first.pid
    assert not psutil.pid_exists(first.pid)
    assert ("one", "restarting", f"process {first.pid} runs with other settings") in heard.news


def test_another_environment_restarts_it(processes: Processes) -> None:
    def command(speed: str) -> Command:
        return Command(name="one", argv=(sys.executable, "-c", SLEEP), environment={"SANDBOX_SPEED": speed})

    first = processes.start(command("600"))
    until(lambda: psutil.Process(first.pid).environ())
    assert processes.start(command("600")).pid == first.pid
    assert processes.start(command("60")).pid != first.pid


def test_changed_ones_are_ended_backwards_and_others_left(processes: Processes, heard: Heard) -> None:
    for name in ("one", "two", "three"):
        processes.start(python(name, SLEEP))
    processes.stop_changed([python("one", "other"), python("two", SLEEP), python("three", "other")])
    assert [state.name for state in processes.states()] == ["two"]
    assert [tool for tool, state, _ in heard.news if state == "stopped"] == ["three", "one"]


def test_a_dead_process_is_seen_said_and_restarted(processes: Processes, heard: Heard) -> None:
    first = processes.start(python("one", "print('last words')"))
    until(lambda: processes.states()[0].state == "dead")
    second = processes.start(python("one", SLEEP))
    assert second.state == "running"
    assert any(state == "restarting" and f"process {first.pid} is gone" in detail for _, state, detail in heard.news)
    assert "last words" in processes.previous_log("one").read_text()


def test_what_died_is_named_with_the_end_of_its_log(processes: Processes) -> None:
    processes.start(python("one", "print('a\\n' * 50); raise SystemExit('the reason')"))
    until(lambda: processes.states()[0].state == "dead")
    with pytest.raises(ControlPlaneError, match=r"(?s)one ended by itself\. The end of .*one\.log.*the reason"):
        processes.refuse_dead(["one"])
    assert len(processes.log_tail("one").splitlines()) == 12


def test_stopping_goes_backwards_and_forgets(processes: Processes) -> None:
    for name in ("one", "two", "three"):
        processes.start(python(name, SLEEP))
    pids = {state.name: state.pid for state in processes.states()}
    assert processes.stop(["one", "three"]) == ("three", "one")
    assert [state.name for state in processes.states()] == ["two"]
    assert [psutil.pid_exists(pids[name]) for name in ("one", "two", "three")] == [False, True, False]
    assert processes.stop() == ("two",)
    assert processes.stop() == ()


def test_a_restarted_process_still_stops_after_what_depends_on_it(processes: Processes) -> None:
    for name in ("one", "two"):
        processes.start(python(name, SLEEP))
    processes.start(python("one", SLEEP + "  # changed"))
    assert processes.stop() == ("two", "one")


def test_what_ignores_term_is_killed_after_the_grace(processes: Processes, heard: Heard) -> None:
    pid = processes.start(python("one", STUBBORN)).pid
    until(lambda: "ready" in processes.log("one").read_text())
    assert processes.stop(grace_seconds=0.3) == ("one",)
    assert not psutil.pid_exists(pid)
    assert heard.news[-1] == ("one", "stopped", "killed after 0 s")


def test_children_end_with_their_parent(processes: Processes) -> None:
    processes.start(python("one", PARENT))
    until(lambda: processes.log("one").read_text().strip())
    child = int(processes.log("one").read_text())
    processes.stop()
    until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)


def test_a_stale_record_whose_id_belongs_to_another_is_not_touched(processes: Processes, heard: Heard) -> None:
    pid = processes.start(python("one", SLEEP)).pid
    stranger = processes.start(python("two", SLEEP)).pid
    os.kill(pid, signal.SIGKILL)
    text = processes.layout.processes.read_text()
    started = psutil.Process(stranger).create_time()
    # The dead process's record now names the stranger's id, as after its reuse; its start is not the stranger's.
    reused = text.replace(f'"pid": {pid}', f'"pid": {stranger}').replace(SLEEP, SLEEP + "  # other", 1)
    first, second = reused.split('"two"')
    start = next(line for line in first.splitlines() if '"started"' in line)
    processes.layout.processes.write_text(first.replace(start, f'    "started": {started - 500},') + '"two"' + second)
    assert {state.name: state.state for state in processes.states()} == {"one": "dead", "two": "running"}
    assert processes.stop(["one"]) == ()
    assert psutil.Process(stranger).status() != psutil.STATUS_ZOMBIE
    assert heard.news[-1] == ("one", "gone", f"process {stranger} had already ended")


@pytest.mark.parametrize("damage", ["{", None])
def test_running_processes_are_found_again_without_their_file(
    processes: Processes, damage: str | None, heard: Heard
) -> None:
    pids = [processes.start(python(name, SLEEP)).pid for name in ("one", "two")]
    if damage is None:
        processes.layout.processes.unlink()
    else:
        processes.layout.processes.write_text(damage)
    assert processes.start(python("one", SLEEP)).pid == pids[0]
    assert processes.stop() == ("two", "one")
    assert bool([news for news in heard.news if news[1] == "repaired"]) == (damage is not None)


def test_a_process_that_was_started_but_not_written_down_is_found(processes: Processes, heard: Heard) -> None:
    pids = [processes.start(python(name, SLEEP)).pid for name in ("one", "two")]
    written = json.loads(processes.layout.processes.read_text())
    processes.layout.processes.write_text(json.dumps({"one": written["one"]}))
    processes.find_lost()
    assert [state.pid for state in processes.states()] == pids
    assert heard.news[-1] == ("two", "found", f"process {pids[1]} of an interrupted command still runs")
    processes.layout.processes.write_text("{}")
    assert set(processes.stop()) == {"one", "two"}


def test_a_program_that_cannot_be_run_is_one_message(processes: Processes) -> None:
    with pytest.raises(ControlPlaneError, match=r"one cannot be run \(/nowhere/one: No such file"):
        processes.start(Command(name="one", argv=("/nowhere/one",)))
    assert processes.states() == ()
