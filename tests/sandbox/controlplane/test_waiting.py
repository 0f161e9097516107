from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sandbox.controlplane.errors import ControlPlaneError
from sandbox.controlplane.processes import Command, Processes
from sandbox.controlplane.waiting import wait_until
from sandbox.layout import Layout


def test_returns_once_nothing_is_missing(tmp_path: Path) -> None:
    answers = iter(["not yet", "not yet", None])
    wait_until(
        lambda: next(answers), what="It", alive=(), processes=Processes(layout=Layout(root=tmp_path)), limit_seconds=5
    )
    assert list(answers) == []


def test_the_limit_is_kept_and_says_what_was_missing(tmp_path: Path) -> None:
    with pytest.raises(ControlPlaneError, match=r"It did not come within 0 s \(last answer: 503 starting\)"):
        wait_until(
            lambda: "503 starting",
            what="It",
            alive=(),
            processes=Processes(layout=Layout(root=tmp_path)),
            limit_seconds=0.1,
        )


def test_a_process_that_dies_ends_the_wait_at_once(tmp_path: Path) -> None:
    processes = Processes(layout=Layout(root=tmp_path))
    processes.start(Command(name="api", argv=(sys.executable, "-c", "raise SystemExit('bad flag')")))
    with pytest.raises(ControlPlaneError, match=r"(?s)api ended by itself.*bad flag"):
        wait_until(lambda: "no answer", what="It", alive=("api",), processes=processes, limit_seconds=30)
    processes.stop()
