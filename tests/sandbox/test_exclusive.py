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


@pytest.mark.parametrize("in_the_way", ["home", "home/command.lock"])
def test_a_folder_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path, in_the_way: str) -> None:
    layout = Layout(root=tmp_path / "home")
    if in_the_way == "home":
        layout.root.write_text("a file")
    else:
        (layout.root / "command.lock").mkdir(parents=True)
    with pytest.raises(OperationError, match=rf"{tmp_path / in_the_way}'.*SANDBOX_HOME"), exclusive(layout, "make up"):
        pass


def test_an_error_of_the_command_itself_passes(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), exclusive(Layout(root=tmp_path), "make up"):
        raise FileNotFoundError


def test_a_holder_that_was_killed_leaves_nothing_to_clean(tmp_path: Path) -> None:
    code = (
        "import os, pathlib\nfrom sandbox.exclusive import exclusive\nfrom sandbox.layout import Layout\n"
        f"with exclusive(Layout(root=pathlib.Path({str(tmp_path)!r})), 'make up'):\n    os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=False).returncode == -9
    with exclusive(Layout(root=tmp_path), "make up"):
        pass
