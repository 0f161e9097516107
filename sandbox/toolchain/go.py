"""Runs the go command so that it can be watched, and ended when a person presses Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.toolchain.errors import BuildCancelled

_TAIL_LINES = 40
_GRACE_SECONDS = 5.0


class GoFailed(Exception):  # noqa: N818 - carried to build.py, which makes the person's message of it
    """The go command ended with an error. `output` is the end of what it wrote to stderr."""

    def __init__(self, output: str) -> None:
        super().__init__(output)
        self.output = output


@dataclass(kw_only=True)
class GoRunner:
    """Runs go commands for several threads; `cancel` ends all of them."""

    go: Path
    environment: Mapping[str, str]
    cancelled: threading.Event = field(default_factory=threading.Event)
    _running: set[subprocess.Popen[str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, arguments: Sequence[str], folder: Path, heard: Callable[[str], None]) -> str:
        """Runs `go ARGUMENTS` in `folder` and returns its stdout; `heard` gets each line of stderr.

        Raises GoFailed with the end of stderr, or BuildCancelled.
        """
        tail: deque[str] = deque(maxlen=_TAIL_LINES)
        process = self._start(arguments, folder)
        output: list[str] = []
        reader = threading.Thread(target=lambda: output.append(_drain(process)), daemon=True)
        reader.start()
        try:
            assert process.stderr is not None  # noqa: S101 - opened as a pipe in _start
            for line in process.stderr:
                tail.append(line.rstrip())
                heard(line.strip())
            process.wait()
            reader.join()
        finally:
            with self._lock:
                self._running.discard(process)
        if self.cancelled.is_set():
            raise BuildCancelled
        if process.returncode != 0:
            lines = "\n".join(line for line in tail if line)
            raise GoFailed(lines or f"go ended with status {process.returncode} and said nothing")
        return output[0] if output else ""

    def cancel(self) -> None:
        """Asks every running go command to end (it removes its own work folder), and insists after five seconds."""
        self.cancelled.set()
        with self._lock:
            running = list(self._running)
        for process in running:
            _signal(process, signal.SIGINT)
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE_SECONDS)
            # Also the compilers of a go that has ended: as long as one lives, its end of the pipe keeps run() waiting.
            _signal(process, signal.SIGKILL)

    def _start(self, arguments: Sequence[str], folder: Path) -> subprocess.Popen[str]:
        with self._lock:
            if self.cancelled.is_set():
                raise BuildCancelled
            process = subprocess.Popen(
                [str(self.go), *arguments],
                cwd=folder,
                # GOWORK: a workspace file above the checkout must not change what is built. CGO_ENABLED: the same
                # binary with and without a C compiler.
                env={**self.environment, "GOWORK": "off", "CGO_ENABLED": "0"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                # A session of its own: the compilers are ended as one group, and only by cancel().
                start_new_session=True,
            )
            self._running.add(process)
            return process


def _drain(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None  # noqa: S101 - opened as a pipe in _start
    return process.stdout.read()


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
