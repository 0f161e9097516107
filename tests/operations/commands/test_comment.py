"""The comment of a pull request, made by trusted code from data that is not trusted."""

import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

from operations.commands.comment import HEADING, comment, stacks_of
from operations.judgement import MANDATORY, Judgement, Kind, Row
from operations.plans.reports import data, markdown

ROOT = Path(__file__).parents[3]
FINDING = Row(control="image-immutable-tag", kind=Kind.FINDING, level=MANDATORY, resource="r", message="@team </x>")


def judgement(stack: str, *rows: Row) -> Judgement:
    return Judgement(subject=f"stack {stack}", name=stack, environment="development", controls=(), rows=rows)


def artifact(folder: Path, stack: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"check-{stack}.zip", "w") as opened:
        opened.writestr(f"check-{stack}.json", text)
        opened.writestr("comment.md", "@everybody, as the pull request wants it")


def test_each_stack_is_shown_and_what_is_no_judgement_is_only_named(tmp_path: Path) -> None:
    artifacts, out = tmp_path / "artifacts", tmp_path / "out"
    artifact(artifacts, "dev", data.render(judgement("dev", FINDING)))
    artifact(artifacts, "prod", '{"version": 1, "subject": "@everybody"}')
    artifact(artifacts, "staging", data.render(judgement("dev")))
    artifact(artifacts, "sandbox", data.render(replace(judgement("sandbox"), subject="stack prod")))
    comment(artifacts, out, ("dev", "prod", "staging", "dr", "sandbox"))
    text = (out / "comment.md").read_text()
    assert text.startswith(HEADING)
    assert "### Guardrails: `stack dev`\n\n❌ failed: 1 mandatory violation" in text
    assert "```text\n@team </x>\n```" in text
    assert text.count("no report to show") == 3
    assert "about something else" in text
    assert "### Guardrails: `stack sandbox`\n\n✅ passed" in text, "the artifact's name says what it is about"
    assert "everybody" not in text
    assert sorted(path.name for path in (out / "sarif").iterdir()) == ["check-dev.sarif", "check-sandbox.sarif"]


def test_all_stacks_together_fit_into_one_comment(tmp_path: Path) -> None:
    artifacts, out = tmp_path / "artifacts", tmp_path / "out"
    stacks = stacks_of(ROOT)
    for stack in stacks:
        artifact(artifacts, stack, data.render(judgement(stack, *[FINDING] * 5_000)))
    comment(artifacts, out, stacks)
    text = (out / "comment.md").read_text()
    assert len(text) < markdown.LIMIT + 2_000
    assert text.count("did not fit here") == len(stacks)


def test_it_runs_without_this_project_s_requirements(tmp_path: Path) -> None:
    command = [sys.executable, "-S", "-m", "operations.commands.comment", str(tmp_path), str(tmp_path / "out")]
    subprocess.run(command, cwd=ROOT, check=True, env={})
    assert (tmp_path / "out" / "comment.md").read_text().startswith(HEADING)


def test_stacks_may_have_dots_in_their_names(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.eu_1.yaml").touch()
    (tmp_path / "Pulumi.yaml").touch()
    artifact(tmp_path / "artifacts", "dev.eu_1", data.render(judgement("dev.eu_1")))
    comment(tmp_path / "artifacts", tmp_path / "out", stacks_of(tmp_path))
    assert "### Guardrails: `stack dev.eu_1`" in (tmp_path / "out" / "comment.md").read_text()
