"""Questions to a cluster that is waited for: a moment of silence is no reason to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from operations.adapters.listener import Listener
from operations.errors import UnreachableError

T = TypeVar("T")

SILENT_WITHIN = 120.0
"""Seconds for which a cluster may give no answer while it is waited for."""


def answered(question: Callable[[], T], listener: Listener, *, poll: float) -> T:
    """The answer, asked for every `poll` seconds.

    A regional control plane stays reachable while it is resized, and a zonal one comes back.

    Raises:
        UnreachableError: there was none for as long as a cluster may be silent.
    """
    since = time.monotonic()
    while True:
        try:
            return question()
        except UnreachableError:
            if time.monotonic() - since > SILENT_WITHIN:
                raise
            listener.waits("an answer of the cluster")
        time.sleep(poll)
