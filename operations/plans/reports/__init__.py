"""One judgement in each form that somebody reads. Every form says the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from operations.judgement import Judgement
from operations.plans.reports import data, junit, markdown, sarif, text

FORMS: Mapping[str, Callable[[Judgement], str]] = {
    "txt": text.render,
    "xml": junit.render,
    "sarif": sarif.render,
    "md": markdown.render,
    "json": data.render,
}
"""Each form by the ending of its file's name."""


def files(judgement: Judgement) -> dict[str, str]:
    """The content of every report by its file's name, such as `check-dev.sarif`."""
    return {f"check-{judgement.name}.{ending}": render(judgement) for ending, render in FORMS.items()}
