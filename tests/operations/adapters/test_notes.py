"""The marks that the pack writes are those that operations read."""

import datetime
from dataclasses import replace

import pytest
from guardrails import verdicts
from guardrails.catalogue import CONTROLS
from guardrails.control import Finding, Level, Outcome, Unjudged
from guardrails.exemptions import Exemption
from guardrails.resource import Resource
from guardrails.verdicts import Fault, Verdict

from operations.adapters.notes import is_of_mandatory, kind_of
from operations.judgement import Kind

RULE = CONTROLS[0]
RESOURCE = Resource(type="kubernetes:apps/v1:StatefulSet", name="p2p-node", urn="u", props={})
FINDING = Finding(path="spec.image", found="f", allowed="a", fix="x")
UNJUDGED = Unjudged(path="spec.image", reason="is not known yet")
EXEMPTION = Exemption(control=RULE.id, until=datetime.date(2027, 3, 31), reason="r", path="metadata.annotations")


def message(outcome: Outcome | Fault | Exemption, level: Level, exemption: Exemption | None = None) -> str:
    """As `guardrails.crossguard` sends it."""
    verdict = Verdict(rule=RULE, resource=RESOURCE, outcome=outcome, level=level, exemption=exemption)
    return f"{verdict.rule.title}\n{verdict.text}"


@pytest.mark.parametrize(
    ("text", "kind", "insists"),
    [
        (message(FINDING, Level.ADVISORY), Kind.FINDING, False),
        (message(Fault(error="E", place="p"), Level.ADVISORY), Kind.FINDING, False),
        (message(FINDING, Level.MANDATORY, EXEMPTION), Kind.EXEMPT, False),
        (message(UNJUDGED, Level.MANDATORY, EXEMPTION), Kind.EXEMPT, False),
        (message(UNJUDGED, Level.MANDATORY), Kind.NOT_JUDGED, True),
        (message(UNJUDGED, Level.ADVISORY), Kind.NOT_JUDGED, False),
        (message(EXEMPTION, Level.MANDATORY), Kind.EXEMPTION, False),
        (message(replace(FINDING, path="[exemption in force] "), Level.ADVISORY), Kind.FINDING, False),
    ],
)
def test_what_the_pack_writes_is_understood(text: str, kind: Kind, insists: bool) -> None:
    assert kind_of(text) is kind
    assert is_of_mandatory(text) is insists


def test_the_words_are_the_same() -> None:
    assert (verdicts.NOT_JUDGED, verdicts.EXEMPT, verdicts.EXEMPTION) == (Kind.NOT_JUDGED, Kind.EXEMPT, Kind.EXEMPTION)
