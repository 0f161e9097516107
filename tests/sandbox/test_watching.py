"""A process that ends by itself does not go unnoticed."""

import time
from pathlib import Path

import pytest

from operations.errors import OperationError
from sandbox.controlplane import Command, ControlPlaneError, Processes
from sandbox.layout import Layout
from sandbox.watching import cause_of_failure, require_alive


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    return Processes(layout=Layout(root=tmp_path.resolve()))


def begin(processes: Processes, script: str) -> None:
    processes.start(Command(name="dataplane", argv=("/bin/sh", "-c", script)))


def wait_until_dead(processes: Processes) -> None:
    deadline = time.monotonic() + 10
    while processes.states()[0].state != "dead":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_without_a_new_process_nothing_is_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()
    require_alive(Processes(layout=Layout(root=tmp_path)), [], seconds=5)
    assert time.monotonic() - began < 1


def test_what_ends_shortly_after_its_start_is_told_with_its_log(processes: Processes) -> None:
    begin(processes, "sleep 0.2; echo no such table; exit 1")
    with pytest.raises(ControlPlaneError, match=r"dataplane ended by itself(.|\n)*no such table"):
        require_alive(processes, ["dataplane"], seconds=5)


def test_what_lives_costs_the_grace_only(processes: Processes) -> None:
    begin(processes, "sleep 30")
    try:
        began = time.monotonic()
        require_alive(processes, ["dataplane"], seconds=0.3)
        assert 0.3 <= time.monotonic() - began < 5
    finally:
        processes.stop()


def test_a_failure_names_the_process_that_ended_meanwhile(processes: Processes) -> None:
    begin(processes, "echo out of memory")
    wait_until_dead(processes)
    with (
        pytest.raises(
            OperationError,
            match=r"^The update failed.\ndataplane \(process \d+\)(.|\n)*dataplane.log:\n    out of memory",
        ),
        cause_of_failure(processes.layout),
    ):
        raise OperationError("The update failed.")


def test_a_failure_while_all_live_stays_as_it_is(processes: Processes) -> None:
    with pytest.raises(OperationError, match=r"^The update failed.$"), cause_of_failure(processes.layout):
        raise OperationError("The update failed.")
