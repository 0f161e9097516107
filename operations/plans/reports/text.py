"""The report for a terminal and for a log."""

from __future__ import annotations

from textwrap import indent

from operations.judgement import Judgement
from operations.plans.reports.wording import by_id, counts, in_order, label, place, verdict
from operations.printable import printable


def render(judgement: Judgement) -> str:
    """Plain text with a final newline. Control characters are shown as their escapes."""
    titles = {id_: control.title for id_, control in by_id(judgement).items()}
    lines = [f"check of {judgement.subject}, at the levels of {judgement.environment}"]
    lines += [indent(remark, "  ") for remark in judgement.remarks]
    for failure in judgement.failures:
        lines += ["", "could not be judged:", indent(failure, "  ")]
    for row in in_order(judgement):
        title = f"{label(row)}  {row.control}: {titles.get(row.control, '')}{place(row)}"
        lines += ["", title, indent(row.message, "  ")]
    lines += ["", counts(judgement), verdict(judgement), ""]
    return "\n".join(printable(line) for line in lines)
