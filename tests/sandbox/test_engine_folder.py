"""What the engine finds in its folder, and what stays out of the project's own files."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from sandbox import engine_folder
from sandbox.layout import CHECKOUT, Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(root=tmp_path / "home")
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


def test_an_official_kubernetes_plugin_on_path_is_used(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    official = layout.root / "official" / "pulumi-resource-kubernetes"
    official.parent.mkdir(parents=True)
    official.write_text("#!/bin/sh\n")
    official.chmod(0o755)
    monkeypatch.setenv("PATH", str(official.parent), prepend=os.pathsep)
    assert engine_folder.plugins(layout, layout.root)["kubernetes"] == official.parent


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
