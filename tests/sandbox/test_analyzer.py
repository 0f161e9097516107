"""An analyzer does not outlive its engine."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from sandbox.analyzer import end_with_parent
from sandbox.layout import CHECKOUT

ENGINE = (
    "import subprocess, sys; process = subprocess.Popen([sys.executable, '-c', "
    "'from sandbox.analyzer import end_with_parent; end_with_parent()']); print(process.pid, flush=True); input()"
)


def test_it_ends_at_once_when_its_engine_went_before_it_could_look(monkeypatch: pytest.MonkeyPatch) -> None:
    def ends(status: int) -> None:
        raise SystemExit(status)

    monkeypatch.setattr(os, "getppid", lambda: 1)
    monkeypatch.setattr(os, "_exit", ends)
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("it waits for init to end"))
    with pytest.raises(SystemExit):
        end_with_parent()


def test_it_ends_with_the_process_that_started_it() -> None:
    engine = subprocess.Popen(
        [sys.executable, "-c", ENGINE],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert engine.stdout is not None
    analyzer = psutil.Process(int(engine.stdout.readline()))
    time.sleep(1.5)
    assert analyzer.is_running()
    engine.kill()
    engine.wait()
    deadline = time.monotonic() + 10
    while psutil.pid_exists(analyzer.pid) and analyzer.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the analyzer outlives its engine"
        time.sleep(0.1)
