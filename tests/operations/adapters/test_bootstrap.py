"""The folder that the bootstrap's engine works in: the project's files, with nothing of it kept in the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.adapters import bootstrap
from operations.adapters.bootstrap import open_bootstrap, write_work_folder
from operations.errors import OperationError


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bootstrap"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: p2p-nodes-bootstrap\nruntime: {name: python}\n")
    monkeypatch.setattr(bootstrap, "PROGRAM", folder)
    return folder


def written(folder: Path, name: str) -> Any:
    return yaml.safe_load((folder / name).read_text())


def test_project_and_location_are_those_of_the_command(program: Path, tmp_path: Path) -> None:
    write_work_folder(tmp_path / "work", "a-project", "US", None)
    assert written(tmp_path / "work", "Pulumi.yaml") == {"name": "p2p-nodes-bootstrap", "runtime": "python"}
    assert written(tmp_path / "work", "Pulumi.a-project.yaml")["config"] == {
        "pulumi:disable-default-providers": ["gcp"],
        "p2p-nodes-bootstrap:project": "a-project",
        "p2p-nodes-bootstrap:location": "US",
    }


def test_a_stack_file_beside_the_program_is_used_and_the_command_goes_before_it(program: Path, tmp_path: Path) -> None:
    chosen = {"p2p-nodes-bootstrap:location": "ASIA", "p2p-nodes-bootstrap:history": {"days_kept": 30}}
    (program / "Pulumi.a-project.yaml").write_text(yaml.safe_dump({"config": chosen}))
    for location, expected in ((None, "ASIA"), ("US", "US")):
        write_work_folder(tmp_path / "work", "a-project", location, None)
        config = written(tmp_path / "work", "Pulumi.a-project.yaml")["config"]
        assert config["p2p-nodes-bootstrap:location"] == expected
        assert config["p2p-nodes-bootstrap:history"] == {"days_kept": 30}


def test_the_salt_is_kept_or_the_state_could_not_be_read_again(program: Path, tmp_path: Path) -> None:
    write_work_folder(tmp_path / "work", "a-project", None, None)
    copy = tmp_path / "work" / "Pulumi.a-project.yaml"
    copy.write_text(copy.read_text() + "encryptionsalt: v1:abc\n")
    write_work_folder(tmp_path / "work", "a-project", None, None)
    assert written(tmp_path / "work", "Pulumi.a-project.yaml")["encryptionsalt"] == "v1:abc"


def test_plugins_are_the_caller_s(program: Path, tmp_path: Path) -> None:
    plugins = {"providers": [{"name": "gcp", "path": "/a"}]}
    write_work_folder(tmp_path / "work", "a-project", None, plugins)
    assert written(tmp_path / "work", "Pulumi.yaml")["plugins"] == plugins


@pytest.mark.parametrize("content", [b"config: [", b"- a", b"\xff\xfe\x00", b"config: [a]", b"config: a"])
def test_a_damaged_file_is_told(program: Path, tmp_path: Path, content: bytes) -> None:
    (program / "Pulumi.a-project.yaml").write_bytes(content)
    with pytest.raises(OperationError, match=r"Pulumi\.a-project\.yaml(.|\n)*Nothing was changed. Correct it"):
        open_bootstrap("a-project", location=None, folder=tmp_path / "work", environment={})


def test_a_folder_that_cannot_be_written_is_told(program: Path, tmp_path: Path) -> None:
    (tmp_path / "work").write_text("in the way")
    with pytest.raises(OperationError, match="bootstrap of a-project cannot begin"):
        open_bootstrap("a-project", location=None, folder=tmp_path / "work", environment={})


@pytest.mark.parametrize("project", ["My Project", "../other", "short", "p" * 31, "trailing-", ""])
def test_what_no_project_is_called_touches_nothing(program: Path, tmp_path: Path, project: str) -> None:
    with pytest.raises(OperationError, match=r"cannot be the id of a Google Cloud project.*Nothing was changed"):
        open_bootstrap(project, location=None, folder=tmp_path / "work", environment={})
    assert not (tmp_path / "work").exists()
