"""Fixtures for the toolchain's tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.sandbox.toolchain.machine import FAKE_GO, Heard, Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with Go and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "go").write_text(FAKE_GO)
    (folder / "go").chmod(0o755)
    log = tmp_path / "go.log"
    environment = {
        "PATH": f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "P2P_NODES_CACHE": str(tmp_path / "cache"),
        "FAKE_GO_LOG": str(log),
        "FAKE_MODULES": str(tmp_path / "modules"),
    }
    return Machine(bin=folder, cache=tmp_path / "cache", log=log, environment=environment)


@pytest.fixture
def heard() -> Heard:
    """A Progress that remembers."""
    return Heard()
