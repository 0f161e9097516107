"""How a check ends, and what it leaves."""

import io
from pathlib import Path

import pytest

from operations.adapters.console import Console
from operations.commands.check import conclude
from operations.errors import OperationError
from operations.judgement import MANDATORY, Judgement, Kind, Row

FINDING = Row(
    control="image-immutable-tag",
    kind=Kind.FINDING,
    level=MANDATORY,
    resource="r",
    message="[red]nginx:latest[/] :key:",
)
GOOD = Judgement(subject="stack dev", name="dev", environment="development", controls=(), remarks=("r" * 300,))
BAD = Judgement(subject="stack dev", name="dev", environment="development", controls=(), rows=(FINDING,))


def said(console: Console) -> str:
    file = console.rich.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_a_check_that_passes_ends_without_a_word_of_failure(console: Console) -> None:
    conclude(GOOD, console, report_dir=None)
    assert "passed: no mandatory violation" in said(console)
    assert "r" * 300 in said(console), "folded"


def test_a_violation_is_shown_as_it_is_and_fails(console: Console, tmp_path: Path) -> None:
    with pytest.raises(OperationError, match=r"The check of stack dev failed: 1 mandatory violation\."):
        conclude(BAD, console, report_dir=tmp_path / "new" / "out")
    assert "[red]nginx:latest[/] :key:" in said(console)
    written = sorted(path.name for path in (tmp_path / "new" / "out").iterdir())
    assert written == ["check-dev.json", "check-dev.md", "check-dev.sarif", "check-dev.txt", "check-dev.xml"]


def test_reports_that_cannot_be_written_are_told(console: Console, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OperationError, match="A report cannot be written: "):
        conclude(GOOD, console, report_dir=tmp_path / "out")
