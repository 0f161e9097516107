"""`make keep-release` keeps a version's program once, and whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.program_mocks import ROOT

FILES = ("__main__.py", "components/c.py", "settings/s.py", "Pulumi.yaml", "Pulumi.sandbox.yaml")


class Repository:
    """A small one with this project's Makefile, whose version is 1.2.3."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copy2(ROOT / "Makefile", root)
        for name in FILES:
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text("committed")
        (root / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
        (root / "tests" / "releases").mkdir(parents=True)
        self.run("git", "init", "--quiet")
        self.run("git", "add", "--all")
        self.run("git", "commit", "--quiet", "--message", "program")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        name = {f"GIT_{who}_{what}": "nobody" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = {**os.environ, **name, "GIT_CONFIG_GLOBAL": os.devnull}
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False)

    def keep(self, **program: str) -> subprocess.CompletedProcess[str]:
        variables = [f"{name}={value}" for name, value in {"RUN": sys.executable, **program}.items()]
        return self.run("make", "-o", ".venv/.installed", "keep-release", *variables)

    def kept(self) -> list[Path]:
        return list((self.root / "tests" / "releases").iterdir())


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_the_program_is_kept_as_committed(repository: Repository) -> None:
    (repository.root / "__main__.py").write_text("not committed")
    assert repository.keep().returncode == 0
    (archive,) = repository.kept()
    assert archive.name == "1.2.3.tar.gz"
    with tarfile.open(archive) as release:
        assert {entry.name for entry in release if entry.isfile()} == set(FILES)
        content = release.extractfile("__main__.py")
        assert content is not None
        assert content.read() == b"committed"


def test_what_is_kept_is_never_replaced(repository: Repository) -> None:
    archive = repository.root / "tests" / "releases" / "1.2.3.tar.gz"
    archive.write_text("released")
    refused = repository.keep()
    assert refused.returncode == 2
    assert "is kept already" in refused.stderr
    assert archive.read_text() == "released"


def test_a_failure_keeps_nothing(repository: Repository) -> None:
    assert repository.keep(PROGRAM="nowhere").returncode == 2
    assert repository.kept() == []
