"""The catalogue for people: `PYTHONPATH=policies python -m guardrails.documentation > docs/guardrails.md`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from guardrails.catalogue import CONTROLS
from guardrails.control import Control

_INTRODUCTION = """\
# Guardrails

Generated from `policies/guardrails` by `python -m guardrails.documentation`; a test keeps the two equal.

A *mandatory* control stops the run, an *advisory* one only speaks. A value that is not known before the update is
neither right nor wrong: the control says which field it could not judge, as an advisory note under its own name.
"""


def render(controls: Sequence[Control]) -> str:
    """The Markdown of docs/guardrails.md, with a final newline."""
    table = [
        "| Control | What is true where it is kept | Severity | Level |",
        "| --- | --- | --- | --- |",
        *(f"| [{c.id}](#{c.id}) | {c.title} | {c.severity.value} | {c.level.value} |" for c in controls),
    ]
    return "\n".join([_INTRODUCTION, *table, "", *(_section(control) for control in controls)])


def _section(control: Control) -> str:
    return (
        f"## {control.id}\n\n"
        f"{control.title}.\n\n"
        f"- **Why**: {control.reason} ([{control.source.title}]({control.source.url}))\n"
        f"- **Fix**: {control.remediation}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(render(CONTROLS))
