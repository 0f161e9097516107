from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.measuring import measured

SLEEPS = "import os, pathlib, time; pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(600)"


@pytest.fixture
def interrupted_soon() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 2)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("interrupted_soon")
def test_an_interrupted_measurement_ends_its_command(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        measured([sys.executable, "-c", SLEEPS], what="sleep", cwd=tmp_path)
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))
