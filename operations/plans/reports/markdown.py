"""A summary for a pull request and for a job's page.

Everything that comes from resources and files stands in code spans and code blocks, which the reader of Markdown leaves
as they are: no HTML, no links, no mentions, no references to issues. Nothing can end a block from within, because
each is fenced by more backticks than it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from operations.judgement import ControlFacts, Judgement, Row
from operations.plans.reports.wording import by_id, counts, in_order, label, place, verdict
from operations.printable import printable

LIMIT = 60_000
"""Characters. GitHub refuses a comment of more than 65,536, and several stacks may share one."""
LONGEST = 4_000
"""Characters of one message."""
LONGEST_LINE = 300


def render(judgement: Judgement, *, limit: int = LIMIT) -> str:
    """At most `limit` characters with a final newline; what does not fit is counted. `limit` is 1,000 or more."""
    head = [
        f"### Guardrails: {code(judgement.subject)}",
        f"{'✅' if judgement.passed else '❌'} {verdict(judgement)}, at the levels of {code(judgement.environment)}.",
        counts(judgement) + ".",
    ]
    blocks = [block(remark) for remark in judgement.remarks]
    blocks += [f"**could not be judged**\n\n{block(failure)}" for failure in judgement.failures]
    controls = by_id(judgement)
    blocks += [_row(row, controls.get(row.control)) for row in in_order(judgement)]
    return "\n\n".join(fitting(head, blocks, limit=limit)) + "\n"


def fitting(head: Iterable[str], blocks: list[str], *, limit: int) -> list[str]:
    """`head` and as many of `blocks` as fit, with a word on the others."""
    kept = list(head)
    room = limit - sum(len(one) + 2 for one in kept) - 100
    for number, one in enumerate(blocks):
        room -= len(one) + 2
        if room < 0:
            return [*kept, f"**{len(blocks) - number} more** did not fit here; the report files have them."]
        kept.append(one)
    return kept


def code(text: str) -> str:
    """One line of `text` as a code span (https://spec.commonmark.org/0.31.2/#code-spans), cut at `LONGEST_LINE`."""
    line = " ".join(printable(text[:LONGEST_LINE]).split()) or " "
    fence = "`" * (_longest_run(line) + 1)
    return f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"


def block(text: str) -> str:
    """`text` as a code block (https://spec.commonmark.org/0.31.2/#fenced-code-blocks), cut at `LONGEST`."""
    shown = printable(text)
    shown = shown if len(shown) <= LONGEST else shown[:LONGEST] + "\n... cut here; the report files have it whole"
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}text\n{shown}\n{fence}"


def _row(row: Row, control: ControlFacts | None) -> str:
    title = f" {code(control.title)}" if control else ""
    return f"**{label(row)}** {code(row.control)}{title}\n\n{block(row.message + place(row))}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
