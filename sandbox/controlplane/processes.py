"""Processes that outlive the command that started them: started detached, remembered, looked at, ended."""

from __future__ import annotations

import contextlib
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from sandbox.controlplane.errors import ControlPlaneError
from sandbox.controlplane.files import locked
from sandbox.controlplane.records import (
    HOME_VARIABLE,
    NAME_VARIABLE,
    Record,
    adopt,
    gone_within,
    read_records,
    running,
    write_records,
)
from sandbox.layout import Layout
from sandbox.toolchain.progress import Progress, Silent

_TAIL_LINES = 12
_KILL_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Command:
    """What to run under a name; `environment` is added to this process's own."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ProcessState:
    """One remembered process. `state` is `running` or `dead` (ended without being asked to)."""

    name: str
    state: str
    pid: int
    log: Path


@dataclass(frozen=True, kw_only=True)
class Processes:
    """The processes of one sandbox. Safe to use from several commands at once."""

    layout: Layout
    progress: Progress = field(default_factory=Silent)

    def start(self, command: Command) -> ProcessState:
        """Starts the command detached, unless the same one already runs; one that runs otherwise is restarted.

        A remembered process that is gone is said aloud and started again. Raises ControlPlaneError if it cannot be run.
        """
        with self._records() as records:
            old = records.get(command.name)
            process = running(old) if old else None
            if old and process and old.argv == command.argv and _has(process, command.environment):
                self.progress.report(command.name, "running", f"kept, process {old.pid}")
                return self._state(command.name, old)
            if process:
                self.progress.report(command.name, "restarting", f"process {process.pid} runs with other settings")
                _end(process, 10.0)
            elif old:
                self.progress.report(
                    command.name,
                    "restarting",
                    f"process {old.pid} is gone; its log is {self.previous_log(command.name)}",
                )
            # A restarted one keeps its place: what was started after it may depend on it, and is stopped before it.
            records[command.name] = self._spawn(command)
            return self._state(command.name, records[command.name])

    def stop_changed(self, commands: Iterable[Command]) -> None:
        """Ends those that run with other settings than these, the first of them last; `start` then starts them anew.

        For processes that depend on each other: one that has lost what it needs takes long to end.
        """
        with self._records() as records:
            changed = [c.name for c in commands if c.name in records and records[c.name].argv != c.argv]
        if changed:
            self.progress.report("processes", "restarting", f"{', '.join(changed)}: other settings than they run with")
            self.stop(changed)

    def stop(self, names: Iterable[str] | None = None, *, grace_seconds: float = 15.0) -> tuple[str, ...]:
        """Ends the named processes, the first named last: TERM, and KILL after the grace. Without names it ends all.

        Only processes that are certainly ours are touched. Returns the names of those that ran.
        """
        ended = []
        self.find_lost()
        with self._records() as records:
            order = list(records) if names is None else [name for name in names if name in records]
            for name in reversed(order):
                process = running(records[name])
                if process is None:
                    self.progress.report(name, "gone", f"process {records[name].pid} had already ended")
                else:
                    gently = _end(process, grace_seconds)
                    self.progress.report(name, "stopped", "" if gently else f"killed after {grace_seconds:.0f} s")
                    ended.append(name)
                del records[name]
        return tuple(ended)

    def find_lost(self) -> None:
        """Remembers processes of this sandbox that a command started and was killed before it could write them down."""
        with self._records() as records:
            for name, record in adopt(self.layout.root).items():
                if name not in records or running(records[name]) is None:
                    records[name] = record
                    self.progress.report(name, "found", f"process {record.pid} of an interrupted command still runs")

    def states(self) -> tuple[ProcessState, ...]:
        """Every remembered process in order of start, running or dead."""
        with locked(self.layout.processes):
            records = read_records(self.layout.processes, self.layout.root, self._say)
        return tuple(self._state(name, record) for name, record in records.items())

    def refuse_dead(self, names: Iterable[str]) -> None:
        """Raises ControlPlaneError with the end of the log if one of these processes is not running."""
        states = {state.name: state for state in self.states()}
        for name in names:
            state = states.get(name)
            if state is None or state.state == "dead":
                raise ControlPlaneError(
                    f"{name} ended by itself. The end of {self.log(name)}:\n{self.log_tail(name)}\n"
                    f"Its data is kept. Running the same command again restarts it; if it ends again, begin a new "
                    f"sandbox: make down, then remove {self.layout.root}."
                )

    def log(self, name: str) -> Path:
        """The log of the present or last run of a process."""
        return self.layout.logs / f"{name}.log"

    def previous_log(self, name: str) -> Path:
        """The log of the run before."""
        return self.layout.logs / f"{name}.previous.log"

    def log_tail(self, name: str) -> str:
        """The last lines of a log, indented, for an error message."""
        try:
            with self.log(name).open(encoding="utf-8", errors="replace") as stream:
                lines = deque((line.rstrip()[:400] for line in stream), maxlen=_TAIL_LINES)
        except OSError:
            return "    (no log)"
        return "\n".join(f"    {line}" for line in lines) or "    (empty)"

    def _say(self, text: str) -> None:
        self.progress.report("processes", "repaired", text)

    @contextlib.contextmanager
    def _records(self) -> Iterator[dict[str, Record]]:
        with locked(self.layout.processes):
            records = read_records(self.layout.processes, self.layout.root, self._say)
            try:
                yield records
            finally:
                write_records(self.layout.processes, records)

    def _state(self, name: str, record: Record) -> ProcessState:
        return ProcessState(
            name=name,
            state="dead" if running(record) is None else "running",
            pid=record.pid,
            log=self.log(name),
        )

    def _spawn(self, command: Command) -> Record:
        self.layout.logs.mkdir(parents=True, exist_ok=True)
        log = self.log(command.name)
        if log.exists():
            log.replace(self.previous_log(command.name))
        environment = {
            **os.environ,
            **command.environment,
            HOME_VARIABLE: str(self.layout.root),
            NAME_VARIABLE: command.name,
        }
        append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        try:
            pid = os.posix_spawn(
                command.argv[0],
                command.argv,
                environment,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o600),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                # A session of its own: a Ctrl-C in the terminal, and the terminal's end, do not reach it.
                setsid=True,
                setsigmask=(),
                # Python ignores SIGPIPE, and what is ignored is inherited.
                setsigdef=(signal.SIGPIPE, signal.SIGINT),
            )
        except OSError as problem:
            raise ControlPlaneError(
                f"{command.name} cannot be run ({command.argv[0]}: {problem.strerror}). Nothing else was changed. If "
                f"the file is missing, run the same command again: it is found or built anew."
            ) from problem
        started = psutil.Process(pid).create_time()
        self.progress.report(command.name, "started", f"process {pid}")
        return Record(pid=pid, started=started, argv=command.argv)


def _has(process: psutil.Process, environment: Mapping[str, str]) -> bool:
    """Whether the process was started with these variables; what cannot be read counts as different."""
    try:
        running_with = process.environ()
    except psutil.Error:
        return False
    return all(running_with.get(name) == value for name, value in environment.items())


def _end(process: psutil.Process, grace_seconds: float) -> bool:
    """Ends a process and what is left of its session; True if it went by itself after TERM."""
    gently = True
    with contextlib.suppress(psutil.NoSuchProcess):
        process.terminate()
        if not gone_within(process, grace_seconds):
            gently = False
            process.kill()
            gone_within(process, _KILL_SECONDS)
    # Its children are in the group that has its id, and nobody else can be.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    return gently
