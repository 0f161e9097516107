"""A process leaves at once, and nothing that it printed is lost."""

from __future__ import annotations

import subprocess
import sys

from sandbox.layout import CHECKOUT

LEAVES = """
import atexit, sys
from sandbox.ending import leave
atexit.register(print, "torn down")
print("said", end="")
print("warned", end="", file=sys.stderr)
leave(3)
"""


def test_what_was_printed_is_kept_and_nothing_is_torn_down() -> None:
    ran = subprocess.run([sys.executable, "-c", LEAVES], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (3, "said", "warned")
