"""`make lock`, with a Python that makes no virtual environment of its own: what is there stays until a new list is."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.program_mocks import ROOT

PYTHON = """#!/bin/sh
if [ "$1" = -c ]; then exit {old}; fi
mkdir -p "$3/bin"
cp "{pip}" "$3/bin/pip"
"""
PIP = """#!/bin/sh
if [ "$1" != freeze ]; then exit {install}; fi
printf 'b==1\\nA==1\\na-b==1\\n'
exit {freeze}
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy2(ROOT / name, tmp_path / name)
    (tmp_path / "constraints.txt").write_text("old==1\n")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "mine").touch()
    return tmp_path


def lock(checkout: Path, *, old: int = 0, install: int = 0, freeze: int = 0) -> subprocess.CompletedProcess[str]:
    python, pip = checkout / "python", checkout / "pip"
    python.write_text(PYTHON.format(old=old, pip=pip))
    pip.write_text(PIP.format(install=install, freeze=freeze))
    for script in (python, pip):
        script.chmod(0o755)
    make = ["make", "-C", str(checkout), "lock", f"PYTHON={python}"]
    return subprocess.run(make, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False)


def test_the_new_list_takes_the_place_of_the_old_one_in_one_order_everywhere(checkout: Path) -> None:
    assert lock(checkout).returncode == 0
    assert (checkout / "constraints.txt").read_text() == "a-b==1\nA==1\nb==1\n"
    assert (checkout / ".venv" / "mine").exists()
    assert not list(checkout.glob(".lock*"))


@pytest.mark.parametrize("failing", ["old", "install", "freeze"])
def test_what_cannot_be_resolved_changes_nothing(checkout: Path, failing: str) -> None:
    ended = lock(checkout, **{failing: 1})
    assert ended.returncode == 2
    assert ("Python 3.11 or newer" in ended.stdout) == (failing == "old")
    assert (checkout / "constraints.txt").read_text() == "old==1\n"
    assert (checkout / ".venv" / "mine").exists()
    assert not list(checkout.glob(".lock*"))
