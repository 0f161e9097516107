"""The executable that starts the policy pack."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

from sandbox.policy_shim import write_analyzer_shim


def _interpreter(folder: Path) -> Path:
    """An interpreter that prints its arguments, one a line, in a folder whose name needs quoting."""
    folder.mkdir()
    python = folder / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    return python


def test_runtime_options_are_dropped_and_the_rest_is_passed_on(tmp_path: Path) -> None:
    shim = write_analyzer_shim(tmp_path, _interpreter(tmp_path / "it's here"))
    run = subprocess.run(
        [shim, "127.0.0.1:1", "-virtualenv=../.venv", "a folder", "-x"], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == ["-u", "-m", "sandbox.analyzer", "127.0.0.1:1", "a folder"]


def test_a_second_write_replaces_the_first(tmp_path: Path) -> None:
    write_analyzer_shim(tmp_path, Path("/nowhere/python"))
    shim = write_analyzer_shim(tmp_path, Path("/elsewhere/python"))
    assert "/elsewhere/python" in shim.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["pulumi-analyzer-policy-python"]
    assert stat.S_IMODE(shim.stat().st_mode) == 0o755
