"""All forms together."""

from dataclasses import replace

from operations.judgement import Judgement
from operations.plans import reports


def test_each_form_has_its_file_and_says_which_control_failed(judgement: Judgement) -> None:
    files = reports.files(judgement)
    assert set(files) == {f"check-dev.{ending}" for ending in ("txt", "xml", "sarif", "md", "json")}
    assert all("image-immutable-tag" in content and content.endswith("\n") for content in files.values())


def test_a_check_passes_with_advice_and_fails_with_a_preview_that_failed(judgement: Judgement) -> None:
    advice = replace(judgement, rows=tuple(row for row in judgement.rows if not row.stops))
    assert not judgement.passed
    assert advice.passed
    assert not replace(advice, failures=("boom",)).passed
