"""What the engine finds in its folder, and what stays out of the project's own files."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from operations.errors import OperationError
from sandbox import engine_folder
from sandbox.layout import CHECKOUT, Layout


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    # Without what this machine happens to have.
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    made = Layout(root=tmp_path / "it's $HOME" / "home")
    made.controlplane.mkdir(parents=True)
    made.endpoint.write_text(json.dumps({"token": "a-token"}))
    return made


def prepare(layout: Layout) -> None:
    engine_folder.prepare(layout, engine=Path("/bin/true"), kubectl=Path("/bin/true"), schemas=layout.root / "schemas")


def test_the_project_gets_plugins_by_path_and_keeps_its_name(layout: Layout) -> None:
    prepare(layout)
    project = yaml.safe_load((layout.engine / "Pulumi.yaml").read_text())
    assert project["name"] == "p2p-nodes"
    assert {entry["name"]: entry["path"] for entry in project["plugins"]["providers"]} == {
        "gcp": str(layout.plugins / "gcp"),
        "kubernetes": str(layout.plugins / "kubernetes"),
    }
    assert "plugins" not in yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text())


def test_the_salt_that_the_engine_added_is_kept(layout: Layout) -> None:
    prepare(layout)
    copy = layout.engine / "Pulumi.sandbox.yaml"
    copy.write_text(copy.read_text() + "encryptionsalt: v1:abc\n")
    prepare(layout)
    assert yaml.safe_load(copy.read_text())["encryptionsalt"] == "v1:abc"
    assert "encryptionsalt" not in (CHECKOUT / "Pulumi.sandbox.yaml").read_text()


def test_a_real_stack_s_state_and_key_stay_with_the_real_stack(layout: Layout) -> None:
    project = {"name": "p2p-nodes", "backend": {"url": "gs://bucket"}, "description": "d"}
    assert engine_folder.project_of_the_sandbox(project, {}) == {
        "name": "p2p-nodes",
        "description": "d",
        "runtime": "python",
        "plugins": {"providers": []},
    }
    settings = {"config": {"a": "b"}, "secretsprovider": "gcpkms://key", "encryptedkey": "abc"}
    assert engine_folder.settings_with_salt(settings, {"encryptionsalt": "v1:a"}) == {
        "config": {"a": "b"},
        "encryptionsalt": "v1:a",
    }


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The checkout's files that may be damaged."""
    root = tmp_path / "checkout"
    root.mkdir()
    for name in ("Pulumi.yaml", "Pulumi.sandbox.yaml"):
        shutil.copy(CHECKOUT / name, root / name)
    monkeypatch.setattr(engine_folder, "CHECKOUT", root)
    return root


def test_empty_settings_count_as_none(layout: Layout, checkout: Path) -> None:
    (checkout / "Pulumi.sandbox.yaml").write_text("")
    copy = layout.engine / "Pulumi.sandbox.yaml"
    copy.parent.mkdir(parents=True)
    copy.write_text("")
    prepare(layout)
    assert yaml.safe_load(copy.read_text()) == {}


@pytest.mark.parametrize("content", [b"config: [", b"- a", b"\xff\xfe\x00", b"text"])
@pytest.mark.parametrize("damaged", ["Pulumi.yaml", "Pulumi.sandbox.yaml", "the copy"])
def test_a_damaged_file_is_named_with_what_to_do(layout: Layout, checkout: Path, damaged: str, content: bytes) -> None:
    prepare(layout)
    copy = layout.engine / "Pulumi.sandbox.yaml"
    path, remedy = (copy, "Remove it") if damaged == "the copy" else (checkout / damaged, "Correct it")
    path.write_bytes(content)
    with pytest.raises(OperationError, match=remedy) as told:
        prepare(layout)
    assert str(path) in str(told.value)


def test_a_missing_file_and_a_folder_that_cannot_be_written_are_named(layout: Layout, checkout: Path) -> None:
    (checkout / "Pulumi.sandbox.yaml").unlink()
    with pytest.raises(OperationError, match=r"Pulumi\.sandbox\.yaml"):
        prepare(layout)
    layout.plugins.rename(layout.root / "aside")
    layout.plugins.write_text("in the way")
    with pytest.raises(OperationError, match=r"plugins.*mend the permissions"):
        prepare(layout)


def test_a_full_disk_is_told(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OperationError, match=r"No space left on device.*Free space"):
        prepare(layout)


def test_the_plugin_s_script_survives_any_path(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    python = layout.root / 'a "b" `c`' / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$SANDBOX_HOME|$SANDBOX_SCHEMAS|$*"\n')
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    folder = engine_folder.write_plugin(layout, "gcp", layout.root / "schemas")
    ran = subprocess.run([folder / "pulumi-resource-gcp", "1"], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == f"{layout.root}|{layout.root / 'schemas'}|-m sandbox.plugins.gcp 1"


@pytest.mark.parametrize(
    ("script", "version"),
    [
        ("echo v4.34.2", "v4.34.2"),
        ("echo 'flag provided but not defined: -version' >&2; exit 2", None),
        ("echo v4.34.2; exit 2", None),
        ("printf '\\377'", None),
    ],
)
def test_a_plugin_is_asked_for_its_version(tmp_path: Path, script: str, version: str | None) -> None:
    plugin = tmp_path / "plugin"
    plugin.write_text(f"#!/bin/sh\n{script}\n")
    plugin.chmod(0o755)
    assert engine_folder.version_of(plugin) == version
    assert engine_folder.version_of(tmp_path / "none") is None


def test_an_official_kubernetes_plugin_on_path_is_used(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    official = layout.root / "official" / "pulumi-resource-kubernetes"
    official.parent.mkdir(parents=True)
    official.write_text("#!/bin/sh\n")
    official.chmod(0o755)
    monkeypatch.setenv("PATH", str(official.parent), prepend=os.pathsep)
    assert engine_folder.plugins(layout, layout.root)["kubernetes"] == official.parent


def test_only_the_sandbox_s_own_plugins_are_loaded_ahead(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(layout)
    assert engine_folder.own_plugins(layout) == ["gcp", "kubernetes"]
    monkeypatch.setattr("shutil.which", lambda _: "/official/pulumi-resource-kubernetes")
    prepare(layout)
    assert engine_folder.own_plugins(layout) == ["gcp"]


def test_the_credential_plugin_answers_with_the_token_and_nobody_else_can_read_it(layout: Layout) -> None:
    prepare(layout)
    answer = subprocess.run([layout.bin / "gke-gcloud-auth-plugin"], capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout)["status"] == {"token": "a-token"}
    assert (layout.controlplane / "credential.json").stat().st_mode & 0o077 == 0


def test_repeating_it_touches_nothing(layout: Layout) -> None:
    prepare(layout)
    before = {path: path.stat().st_mtime_ns for path in layout.engine.rglob("*.yaml")}
    prepare(layout)
    assert {path: path.stat().st_mtime_ns for path in layout.engine.rglob("*.yaml")} == before


def test_the_sandbox_s_executables_come_first_on_path(layout: Layout) -> None:
    environment = engine_folder.environment(layout, speed=60)
    assert environment["PATH"].split(os.pathsep)[0] == str(layout.bin)
    assert environment["SANDBOX_SPEED"] == "60"
