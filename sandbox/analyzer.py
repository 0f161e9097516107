"""The policy SDK's analyzer server, which by itself would outlive an engine that was killed."""

from __future__ import annotations

import os
import runpy
import threading
import time

CHECK_SECONDS = 1.0
INIT = 1
"""Who becomes the parent of an orphan, unless a subreaper does. The engine, a child of a command, never is it."""


def end_with_parent() -> None:
    """Ends this process when the one that started it is gone, or was gone to process 1 before this one could look."""
    parent = os.getppid()
    while parent != INIT and os.getppid() == parent:
        time.sleep(CHECK_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)
