from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import settings
from settings import StackSettings, descriptions
from settings.__main__ import app
from settings.effective import Row, rows
from tests.readme import ROOT

NAME = "Pulumi.x.yaml"
LEAST = "config:\n  project: a-project\n  cluster:\n    external_access: true\n"


def by_key(text: str) -> dict[str, Row]:
    found = rows(text, name=NAME)
    assert [row.key for row in found] == [".".join(path) for path, _ in descriptions.leaves(StackSettings)]
    return {row.key: row for row in found}


def test_every_setting_with_its_value_unit_and_origin() -> None:
    found = by_key(LEAST + "  node:\n    replicas: 3\n    exposure: none\n")
    assert found["project"] == Row(key="project", value="a-project", unit="", origin=f"{NAME}:2")
    assert found["node.replicas"] == Row(key="node.replicas", value="3", unit="nodes", origin=f"{NAME}:6")
    assert found["node.disk_gib"] == Row(key="node.disk_gib", value="50", unit="GiB", origin="default")
    assert found["network.nodes_range"].value == "10.10.0.0/20"
    assert found["labels"].value == "{}"
    given = [key for key, row in found.items() if row.origin != "default"]
    assert given == ["project", "cluster.external_access", "node.replicas", "node.exposure"]


def test_the_line_is_that_of_the_deepest_key() -> None:
    found = by_key(
        LEAST
        + "    maintenance:\n"
        + "      hours: 8\n"
        + "      exclusions:\n"
        + '        - { name: a, start: "2026-12-01T00:00:00Z", end: "2026-12-02T00:00:00Z" }\n'
        + "  labels: { team: chain }\n"
        + """  node: '{"replicas": 1, "exposure": "none", "ports": {"p2p": 30334}}'\n"""
    )
    assert found["cluster.maintenance.hours"].origin == f"{NAME}:6"
    assert found["cluster.maintenance.days"].origin == "default"
    assert found["cluster.maintenance.exclusions"].origin == f"{NAME}:7"
    assert '"start": "2026-12-01T00:00:00Z"' in found["cluster.maintenance.exclusions"].value
    assert found["labels"] == Row(key="labels", value='{"team": "chain"}', unit="", origin=f"{NAME}:9")
    # JSON in one line, as `pulumi config set` writes it.
    assert found["node.ports.p2p"] == Row(key="node.ports.p2p", value="30334", unit="", origin=f"{NAME}:10")
    assert found["node.ports.http"].origin == "default"


def test_what_follows_from_the_region_is_shown() -> None:
    found = by_key(LEAST + "  region: us-central1\n  node: { exposure: none }\n")
    assert found["cluster.zones"].value == '["us-central1-a", "us-central1-b", "us-central1-c"]'
    assert found["storage.snapshot_location"].value == "us"
    assert found["cluster.zones"].origin == "default"


def test_secrets_are_hidden_and_never_judged() -> None:
    found = by_key(
        "config:\n"
        "  project: { secure: v1:a }\n"
        "  region: { secure: v1:b }\n"
        "  cluster:\n"
        "    external_access: true\n"
        "    zones: [europe-west4-a, europe-west4-b, europe-west4-c]\n"
        "  node: { secure: v1:c }\n"
    )
    secret = {key for key, row in found.items() if row.value == "[secret]"}
    assert secret == {"project", "region"} | {key for key in found if key.startswith("node.")}
    assert found["node.ports.p2p"].origin == f"{NAME}:7"
    assert found["storage.snapshot_location"].value == '""'
    assert "v1:" not in str(found)


def test_wrong_settings_are_all_told() -> None:
    with pytest.raises(settings.SettingsError) as caught:
        rows(LEAST + "  node: { exposure: none, replicas: '3', ports: { p2p: 1 } }\n", name=NAME)
    assert len(caught.value.mistakes) == 2


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize("stack", sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")))
def test_the_command_shows_every_stack(stack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = run(stack)
    assert result.exit_code == 0
    head, *lines = result.output.splitlines()
    assert head.split() == ["Below", "p2p-nodes:", "Value", "Unit", "From"]
    assert any(line.split()[:2] == ["project", f"p2p-nodes-{stack}"] for line in lines)
    assert any(line.split()[:4] == ["node.disk_gib", "50", "GiB", "default"] for line in lines)
    assert max(len(line) for line in lines) <= 160


def test_without_a_name_it_is_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert run().output == run("sandbox").output


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "error: Pulumi.x.yaml cannot be read (No such file or directory); there are files for: no stack."),
        ("config: [", "error: Pulumi.x.yaml:1 is not YAML: expected the node content, but found '<stream end>'."),
        ("config: 5", "error: config in Pulumi.x.yaml is not a mapping; Pulumi.x.yaml holds keys below `config:`."),
        ("5", "error: Pulumi.x.yaml is not a mapping; Pulumi.x.yaml holds keys below `config:`."),
        ("config: {project: ÿ}", "error: Pulumi.x.yaml is not text in UTF-8."),
        ("config: {project: A-project}", "error: 3 mistakes in the settings of this stack"),
        ("config: {project: '[bold]'}", '    got      "[bold]"'),
    ],
)
def test_what_cannot_be_shown_is_said(
    text: str | None, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / "Pulumi.x.yaml").write_text(text, encoding="latin-1")
    result = run("x")
    assert result.exit_code == 1
    assert expected in result.output
    assert result.stdout == ""
