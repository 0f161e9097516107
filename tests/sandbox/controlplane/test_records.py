from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sandbox.controlplane.records import Record, read_records, running, write_records


@pytest.fixture
def other() -> Iterator[psutil.Process]:
    """A living process that no sandbox started."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield psutil.Process(process.pid)
    process.kill()
    process.wait()


def test_the_order_of_start_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "processes.json"
    records = {name: Record(pid=1, started=1.5, argv=(name, "--x")) for name in ("etcd", "api", "kwok", "b", "a")}
    write_records(file, records)
    read = read_records(file, tmp_path, pytest.fail)
    assert list(read.items()) == list(records.items())
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_process_is_known_by_id_and_start(other: psutil.Process) -> None:
    record = Record(pid=other.pid, started=other.create_time(), argv=("x",))
    assert running(record) == other


@pytest.mark.parametrize("seconds", [-3600.0, 3600.0])
def test_a_reused_id_is_not_ours(other: psutil.Process, seconds: float) -> None:
    assert running(Record(pid=other.pid, started=other.create_time() + seconds, argv=("etcd",))) is None


def test_a_clock_that_was_set_does_not_disown_a_process(other: psutil.Process) -> None:
    record = Record(pid=other.pid, started=other.create_time() - 3600, argv=tuple(other.cmdline()))
    assert running(record) == other


def test_a_zombie_is_dead_and_collected() -> None:
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], os.environ)
    record = Record(pid=pid, started=psutil.Process(pid).create_time(), argv=("x",))
    until_zombie = time.monotonic() + 5
    while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until_zombie
        time.sleep(0.01)
    assert running(record) is None
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"etcd": 1}', '{"etcd": {"pid": "x", "started": 1, "argv": []}}'])
def test_a_damaged_file_is_put_aside_and_said(content: str, tmp_path: Path) -> None:
    file = tmp_path / "processes.json"
    file.write_text(content)
    said: list[str] = []
    assert read_records(file, tmp_path, said.append) == {}
    assert (tmp_path / "processes.json.damaged").read_text() == content
    assert "running processes found again: none" in said[0]
