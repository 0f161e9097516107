"""How the pack marks what is no violation, so that it can be told from findings: by the second line of its message."""

from __future__ import annotations

import re

from operations.judgement import MANDATORY, Kind

_MARK = re.compile(
    rf"[^\n]*\n\[(?:(?P<not_judged>{Kind.NOT_JUDGED}), (?P<level>\w+)"
    rf"|(?P<exempt>{Kind.EXEMPT}) until [^\]\n]+"
    rf"|(?P<exemption>{Kind.EXEMPTION}))\] "
)
"""The words of `guardrails.verdicts`; a test holds the two together. The first line is the control's title."""


def kind_of(message: str) -> Kind:
    """What a policy's message that does not stop a run is."""
    found = _MARK.match(message)
    if found is None:
        return Kind.FINDING
    if found["not_judged"]:
        return Kind.NOT_JUDGED
    return Kind.EXEMPT if found["exempt"] else Kind.EXEMPTION


def is_of_mandatory(message: str) -> bool:
    """Whether it is a note about what a mandatory control could not judge."""
    found = _MARK.match(message)
    return found is not None and found["level"] == MANDATORY
