"""One command at a time in one sandbox."""

import subprocess
import sys
from pathlib import Path

import pytest

from operations.errors import OperationError
from sandbox.exclusive import exclusive
from sandbox.layout import CHECKOUT, Layout


def test_the_second_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    with (
        exclusive(layout, "make up"),
        pytest.raises(OperationError, match=r"in use by `make up` \(process \d+\)"),
        exclusive(layout, "make destroy"),
    ):
        pass


def test_two_sandboxes_do_not_meet(tmp_path: Path) -> None:
    with exclusive(Layout(root=tmp_path / "a"), "make up"), exclusive(Layout(root=tmp_path / "b"), "make up"):
        pass


def test_a_holder_that_was_killed_leaves_nothing_to_clean(tmp_path: Path) -> None:
    code = (
        "import os, pathlib\nfrom sandbox.exclusive import exclusive\nfrom sandbox.layout import Layout\n"
        f"with exclusive(Layout(root=pathlib.Path({str(tmp_path)!r})), 'make up'):\n    os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=False).returncode == -9
    with exclusive(Layout(root=tmp_path), "make up"):
        pass
