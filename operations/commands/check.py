"""`check`: what the controls say of a stack or of manifests that nobody has brought up, shown and written."""

from __future__ import annotations

from pathlib import Path

from operations.adapters.console import Console
from operations.errors import OperationError
from operations.judgement import Judgement
from operations.plans import reports
from operations.plans.reports import text
from operations.plans.reports.wording import verdict


def conclude(judgement: Judgement, console: Console, *, report_dir: Path | None) -> None:
    """Shows the judgement, writes its reports to `report_dir`, and ends as it ended.

    Raises:
        OperationError: a mandatory control was violated, not everything could be judged, or a report cannot be written.
    """
    console.report(text.render(judgement).rstrip("\n"))
    if report_dir:
        written = write(judgement, report_dir)
        console.say(f"reports: {', '.join(str(path) for path in written)}")
    if not judgement.passed:
        raise OperationError(f"The check of {judgement.subject} {verdict(judgement)}.")


def write(judgement: Judgement, folder: Path) -> list[Path]:
    """Writes every report; returns the files.

    Raises:
        OperationError: the folder or a file cannot be written.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in reports.files(judgement).items():
            (folder / name).write_text(content, encoding="utf-8")
            written.append(folder / name)
    except OSError as error:
        raise OperationError(f"A report cannot be written: {error}. Nothing else was changed.") from error
    return written
