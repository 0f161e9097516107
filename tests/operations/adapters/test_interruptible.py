"""An interrupt waits for the engine and passes on once."""

import os
import signal
import threading
import time

import pytest

from operations.adapters import interruptible as module
from operations.adapters.interruptible import interruptible


def interrupt_soon() -> None:
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()


def test_the_result_comes_through() -> None:
    assert interruptible(lambda: 42, notice=lambda text: None) == 42


def test_a_failure_comes_through() -> None:
    def fail() -> None:
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        interruptible(fail, notice=lambda text: None)


@pytest.mark.parametrize("fails", [False, True])
def test_an_interrupt_waits_for_the_end(monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    passed: list[str] = []
    notices: list[str] = []
    ended = threading.Event()
    monkeypatch.setattr(module, "pass_on", lambda: passed.append("interrupt"))

    def engine() -> None:
        time.sleep(0.6)
        ended.set()
        if fails:
            raise ValueError("the engine was cancelled")

    interrupt_soon()
    with pytest.raises(KeyboardInterrupt):
        interruptible(engine, notice=notices.append)
    assert ended.is_set(), "the engine was left behind"
    assert passed == ["interrupt"]
    assert len(notices) == 1
