"""Ctrl-C while the engine runs: the engine ends its operations in order, and is waited for."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import psutil

T = TypeVar("T")


def interruptible(command: Callable[[], T], *, notice: Callable[[str], None]) -> T:
    """Runs `command`, which runs the engine, so that an interrupt never leaves an engine behind.

    The first Ctrl-C asks the engine to finish what it is doing and stop; a second one makes it stop at once. Either way
    this returns only when the engine is gone.

    Raises:
        KeyboardInterrupt: after the engine ended, when there was an interrupt.
    """
    interrupted = False
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine") as executor:
        running = executor.submit(command)
        while True:
            try:
                result = running.result()
            except KeyboardInterrupt:
                interrupted = True
                notice(
                    "Interrupted: the engine finishes the operations under way and stops. Ctrl-C again stops at once."
                )
                pass_on()
            except Exception:
                if interrupted:
                    raise KeyboardInterrupt from None
                raise
            else:
                if interrupted:
                    raise KeyboardInterrupt
                return result


def pass_on() -> None:
    """Interrupts our engines, unless the terminal did so already: a second interrupt means to stop at once."""
    if in_foreground():
        return
    for child in psutil.Process().children():
        if child.name() == "pulumi":
            child.send_signal(signal.SIGINT)


def in_foreground() -> bool:
    """Whether the terminal sends its interrupts to our whole process group. Standard input may be something else."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
