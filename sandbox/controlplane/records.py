"""Which processes belong to this sandbox: process ids with start times, so that a reused id is never taken for ours."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from sandbox.controlplane.files import write_private

HOME_VARIABLE = "SANDBOX_HOME"
NAME_VARIABLE = "SANDBOX_PROCESS"
# Start times are computed from the wall clock, which may be set while the process runs.
_CLOCK_TOLERANCE_SECONDS = 2.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True, kw_only=True)
class Record:
    """A process that was started. `started` is psutil's create_time, in seconds since the epoch."""

    pid: int
    started: float
    argv: tuple[str, ...]


def read_records(file: Path, root: Path, said: Callable[[str], None]) -> dict[str, Record]:
    """The records in order of start. A damaged file is put aside, and running processes of `root` are found again."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return {
            str(name): Record(
                pid=int(entry["pid"]), started=float(entry["started"]), argv=tuple(str(part) for part in entry["argv"])
            )
            for name, entry in content.items()
        }
    except FileNotFoundError:
        return adopt(root)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
        aside = file.with_name(f"{file.name}.damaged")
        file.replace(aside)
        found = adopt(root)
        names = ", ".join(found) or "none"
        said(f"{file} was damaged ({problem!r}) and is now {aside.name}; running processes found again: {names}")
        return found


def write_records(file: Path, records: dict[str, Record]) -> None:
    """Replaces the file in one step."""
    write_private(file, json.dumps({name: asdict(record) for name, record in records.items()}, indent=2) + "\n")


def running(record: Record) -> psutil.Process | None:
    """The process of this record if it still runs; None if it is dead, a zombie, or its id belongs to another now."""
    try:
        process = psutil.Process(record.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            _collected(process)
            return None
        same_start = abs(process.create_time() - record.started) < _CLOCK_TOLERANCE_SECONDS
        return process if same_start or tuple(process.cmdline()) == record.argv else None
    except psutil.Error:
        return None


def gone_within(process: psutil.Process, seconds: float) -> bool:
    """Waits for a process to end with all its threads, so that its ports are free; false after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if process.status() == psutil.STATUS_ZOMBIE and _collected(process):
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(_POLL_SECONDS)
    return False


def adopt(root: Path) -> dict[str, Record]:
    """Processes that carry this sandbox's name in their environment, oldest first."""
    found: list[tuple[str, Record]] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            environment = process.environ()
            name = environment.get(NAME_VARIABLE)
            # Their children inherit the environment; only what the sandbox started leads a session.
            if name and environment.get(HOME_VARIABLE) == str(root) and os.getsid(process.pid) == process.pid:
                record = Record(pid=process.pid, started=process.create_time(), argv=tuple(process.cmdline()))
                found.append((name, record))
    return dict(sorted(found, key=lambda item: item[1].started))


def _collected(zombie: psutil.Process) -> bool:
    """Whether a zombie is really over: its first thread may have ended while the others still hold its ports."""
    try:
        return os.waitpid(zombie.pid, os.WNOHANG)[0] == zombie.pid
    except ChildProcessError:
        return zombie.num_threads() <= 1
