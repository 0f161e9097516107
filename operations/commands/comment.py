"""`python -S -m operations.commands.comment ARTIFACTS OUT`: a pull request's reports, written anew by trusted code.

For a job with rights that a pull request's own run has not. It runs from the default branch, without this project's
requirements, and takes nothing of the artifacts but the judgement's data: what is shown is made here.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from operations.adapters.artifacts import UnreadableError, text_in
from operations.judgement import Judgement
from operations.plans.reports import markdown, sarif
from operations.plans.reports.data import NoJudgementError, read_untrusted

CHECKOUT = Path(__file__).resolve().parents[2]
HEADING = "## Guardrails of this pull request"
"""The first line of the comment, by which the next run finds it."""
NOTE = (
    "What each stack would be if it were made from this pull request, judged from scratch by its own run. It is no "
    "diff: replacements and deletions cannot appear here. The run's artifacts have the whole reports."
)


def comment(artifacts: Path, out: Path, stacks: tuple[str, ...]) -> None:
    """Writes `comment.md`, and a SARIF file for each readable judgement to `sarif/`.

    `artifacts` holds `check-STACK.zip` for each stack, as the run's artifacts are downloaded.
    """
    (out / "sarif").mkdir(parents=True, exist_ok=True)
    parts = [HEADING, NOTE]
    for stack in stacks:
        try:
            judgement = judgement_of(artifacts, stack)
        except (UnreadableError, NoJudgementError) as error:
            parts.append(f"### Guardrails: `stack {stack}`\n\n❌ no report to show: {error}.\n")
            continue
        parts.append(markdown.render(judgement, limit=markdown.LIMIT // len(stacks)))
        (out / "sarif" / f"check-{stack}.sarif").write_text(sarif.render(judgement), encoding="utf-8")
    (out / "comment.md").write_text("\n\n".join(parts), encoding="utf-8")


def judgement_of(artifacts: Path, stack: str) -> Judgement:
    """What the run says of one stack.

    Raises:
        UnreadableError: there is no such artifact, or it is not one of ours.
        NoJudgementError: its data is no judgement, or that of something else.
    """
    judgement = read_untrusted(text_in(artifacts / f"check-{stack}.zip", f"check-{stack}.json"))
    if judgement.name != stack:
        raise NoJudgementError("it is about something else")
    return replace(judgement, subject=f"stack {stack}")


def stacks_of(checkout: Path) -> tuple[str, ...]:
    """The stacks that a checkout has settings for, by name."""
    return tuple(
        sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in checkout.glob("Pulumi.*.yaml"))
    )


if __name__ == "__main__":
    comment(Path(sys.argv[1]), Path(sys.argv[2]), stacks_of(CHECKOUT))
