"""What the controls say of manifests becomes the rows of every report; `check --manifests` shows and writes them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from guardrails import enforcement, verdicts
from guardrails.catalogue import CONTROLS
from guardrails.control import Control
from guardrails.control import Environment as EnvironmentOfThePack
from typer.testing import CliRunner

from operations.adapters.manifest_judging import judge
from operations.cli import app
from operations.judgement import MANDATORY, Environment, Kind, Row
from tests.policies.case_files import in_a_month

TAG = "image-immutable-tag"
POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: p2p}\nspec: {containers: [{name: a, image: a:latest}]}\n"
)
EXEMPT = POD.replace("name: a,", f'name: a, annotations: {{guardrails-exempt-{TAG}: "{in_a_month()}: no other"}},', 1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the current one, so that files are named from there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "charts").mkdir()
    return Path("charts")


def rows_of(folder: Path, control: str = TAG, environment: str = "production") -> list[Row]:
    return [row for row in judge(folder, environment).rows if row.control == control]


def test_a_finding_says_where_the_object_begins(folder: Path) -> None:
    (folder / "a.yaml").write_text("# one\n---\n" + POD)
    judgement = judge(folder.absolute(), "production")
    [row] = [row for row in judgement.rows if row.control == TAG]
    assert (row.file, row.line, row.resource) == ("charts/a.yaml", 3, 'Pod "a"')
    assert (row.kind, row.level, row.path) == (Kind.FINDING, MANDATORY, "spec.containers[0].image")
    assert row.message.startswith('Pod "a", spec.containers[0].image\n  found: ')
    assert not judgement.passed
    assert (judgement.name, judgement.environment, judgement.failures) == ("manifests", "production", ())
    assert [control.id for control in judgement.controls] == [control.id for control in CONTROLS]


def test_a_fault_is_the_same_fault_when_its_lines_have_moved(folder: Path) -> None:
    (folder / "a.yaml").write_text(POD)
    [before] = rows_of(folder)
    (folder / "a.yaml").write_text("# one\n" + POD)
    [after] = rows_of(folder)
    assert before.line != after.line
    assert before.fingerprint == after.fingerprint
    (folder / "a.yaml").write_text(POD.replace("p2p", "other"))
    [other] = rows_of(folder)
    assert other.fingerprint != before.fingerprint


def test_what_is_no_finding_is_told_apart(folder: Path) -> None:
    (folder / "a.yaml").write_text(EXEMPT)
    (folder / "b.yaml").write_text(
        POD.replace("name: a, n", "name: b, n").replace("[{name: a, image: a:latest}]", "odd")
    )
    kinds = {(row.kind, row.file) for row in rows_of(folder)}
    assert kinds == {
        (Kind.EXEMPT, "charts/a.yaml"),
        (Kind.EXEMPTION, "charts/a.yaml"),
        (Kind.NOT_JUDGED, "charts/b.yaml"),
    }


def test_levels_are_the_environment_s(folder: Path) -> None:
    (folder / "a.yaml").write_text(POD)
    by_environment = {
        environment: {control.id: control.level for control in judge(folder, environment).controls}
        for environment in get_args(Environment)
    }
    assert by_environment == {
        one.value: {id_: enforced.level.value for id_, enforced in enforcement.of(one).items()}
        for one in EnvironmentOfThePack
    }
    assert by_environment["development"] != by_environment["production"]


def test_a_control_that_fails_is_a_finding_of_its_own_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.yaml").write_text(POD)
    [rule] = [control for control in CONTROLS if control.id == TAG]
    assert isinstance(rule, Control)

    def fails(*_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setitem(rule.__dict__, "judge", fails)
    [row] = rows_of(folder)
    assert row.stops
    assert "the control failed with KeyError" in row.message
    assert row.path == ""


def test_what_cannot_be_read_fails_the_check(folder: Path) -> None:
    (folder / "a.yaml").write_text("a: [")
    judgement = judge(folder, "development")
    assert not judgement.passed
    [failure] = judgement.failures
    assert failure.startswith("charts/a.yaml:1: did not find expected node content\n")


def test_what_was_passed_over_is_a_remark(folder: Path) -> None:
    (folder / "a.yaml").write_text(POD)
    (folder / "values.yaml").write_text("a: 1")
    alone, note = judge(folder, "development").remarks
    assert "Google Cloud" in alone
    assert note.startswith("charts/values.yaml:1: passed over")


def test_the_command_shows_it_and_writes_every_report(folder: Path) -> None:
    (folder / "a.yaml").write_text(POD)
    result = CliRunner().invoke(app, ["check", "--manifests", "charts", "--report-dir", "out"])
    assert result.exit_code == 1
    assert "check of manifests charts, at the levels of production" in result.output
    assert f"mandatory  {TAG}: " in result.output
    assert "(charts/a.yaml:1)" in result.output
    assert sorted(path.suffix for path in Path("out").iterdir()) == [".json", ".md", ".sarif", ".txt", ".xml"]
    [run] = json.loads(Path("out/check-manifests.sarif").read_text())["runs"]
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert places == {"charts/a.yaml"}


def test_the_command_passes_what_breaks_no_rule(folder: Path) -> None:
    (folder / "a.yaml").write_text("apiVersion: example.com/v1\nkind: Anything\nmetadata: {name: a}\n")
    result = CliRunner().invoke(app, ["check", "--manifests", "charts", "--environment", "development"])
    assert result.exit_code == 0, result.output
    assert "passed" in result.output


@pytest.mark.parametrize("arguments", [["--manifests", "missing"], ["--manifests", "charts"], []])
def test_the_command_never_shows_a_traceback(folder: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["check", *arguments])
    assert result.exit_code in (1, 2)
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output


def test_manifests_are_judged_without_pulumi() -> None:
    """Its SDK takes longer to load than a thousand manifests take to be judged."""
    code = "import sys, operations.cli, operations.adapters.manifest_judging, operations.commands.check\n"
    code += "print({name for name in ('pulumi', 'pulumi_policy', 'grpc', 'kubernetes') if name in sys.modules})"
    root = Path(verdicts.__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
