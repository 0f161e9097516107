"""Exemptions name a control, a day that is to come and a reason.

The one control that looks at the clock: an exemption ends by itself. Nothing is exempt from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from guardrails.control import EVERYWHERE, Control, Finding, Parameters, Severity, Source
from guardrails.exemptions import FORM, ID, PREFIX, faults, today
from guardrails.resource import Resource


def control(others: Iterable[str]) -> Control[Parameters]:
    """The control, given the ids of all others."""
    known = frozenset(others)

    def judge(resource: Resource, _: Parameters) -> Iterator[Finding]:
        return faults(resource, today(), known)

    return Control(
        id=ID,
        title="Exemptions name a control, a day that is to come and a reason",
        reason=(
            "DORA asks for changes that are approved by peers, where they are made, and not by a board afterwards. An "
            "exemption is such a change: with a reason and a last day it can be read, questioned and ended in a review."
        ),
        source=Source(
            title="DORA, Streamlining change approval",
            url="https://dora.dev/capabilities/streamlining-change-approval/",
        ),
        severity=Severity.HIGH,
        levels=EVERYWHERE,
        remediation=f"Write `{PREFIX}<control>` as an annotation or a label with {FORM}, or remove it.",
        parameters=Parameters(),
        judge=judge,
    )
