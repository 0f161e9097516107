"""What counts, what is only said, and what a failing control does."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from guardrails import verdicts
from guardrails.control import Level, Outcome, Placed, Unjudged
from guardrails.resource import Resource, Stack

from tests.policies.controls_for_tests import FINDING, control, enforced, pod, stack_control

DAY = datetime.date(2026, 11, 24)
UNJUDGED = Unjudged(path="spec.b", reason="is not known")
FOUND = 'Pod "a", spec.a\n  found:   this\n  allowed: that\n  fix:     change it'


def _exempt(value: str, name: str = "test-control") -> dict[str, Any]:
    return {"metadata": {"annotations": {f"guardrails-exempt-{name}": value}}}


def test_a_finding_stops_at_its_controls_level() -> None:
    for level, stops in ((Level.MANDATORY, True), (Level.ADVISORY, False)):
        rules = enforced(control(lambda *_: [FINDING]), level=level)
        [verdict] = verdicts.of_resource(pod(), rules, DAY)
        assert (verdict.text, verdict.level, verdict.stops, verdict.is_note) == (FOUND, level, stops, False)


def test_a_disabled_control_is_not_asked() -> None:
    def judge(*_: object) -> list[Outcome]:
        raise AssertionError("asked")

    rules = enforced(control(judge), stack_control(judge), level=Level.DISABLED)  # type: ignore[arg-type]
    resource = pod(**_exempt("2026-12-01: a reason"))
    assert [
        *verdicts.of_resource(resource, rules, DAY),
        *verdicts.of_stack(Stack(resources=(resource,)), rules, DAY),
    ] == []


def test_what_was_not_judged_is_a_note_that_names_the_level_and_hides_no_finding() -> None:
    def judge(*_: object) -> Iterator[Outcome]:
        yield UNJUDGED
        yield FINDING

    unjudged, finding = verdicts.of_resource(pod(), enforced(control(judge)), DAY)
    assert unjudged.text == '[not judged, mandatory] Pod "a", spec.b was not judged: it is not known'
    assert (unjudged.is_note, unjudged.stops) == (True, False)
    assert finding.stops


def test_an_exemption_in_force_is_listed_and_what_it_covers_does_not_count() -> None:
    rules = enforced(control(lambda *_: [FINDING, UNJUDGED]), control(lambda *_: [FINDING], id_="other-control"))
    found = list(verdicts.of_resource(pod(**_exempt("2026-11-24: until the\nvendor mends it")), rules, DAY))
    assert [(one.rule.id, one.stops, one.is_note) for one in found] == [
        ("test-control", False, True),
        ("test-control", False, True),
        ("other-control", True, False),
        ("test-control", False, True),
    ]
    assert found[0].text == f"[exempt until 2026-11-24] {FOUND}"
    assert found[3].text.startswith("[exemption in force] ")
    assert "test-control does not hold until 2026-11-24: until the" in found[3].text


def test_an_exemption_that_is_over_or_malformed_covers_nothing() -> None:
    rules = enforced(control(lambda *_: [FINDING]))
    for value in ("2026-11-23: a reason", "2026-12-01", "a reason"):
        [verdict] = verdicts.of_resource(pod(**_exempt(value)), rules, DAY)
        assert verdict.stops


def test_exemptions_hold_for_controls_over_stacks_too() -> None:
    def judge(stack: Stack, _: object) -> Iterator[Placed]:
        for resource in stack.resources:
            yield resource, FINDING

    resources = (pod("a"), pod("b", **_exempt("2026-12-01: a reason", "test-stack-control")))
    found = list(verdicts.of_stack(Stack(resources=resources), enforced(stack_control(judge)), DAY))
    assert [(one.resource.name, one.stops) for one in found] == [("a", True), ("b", False)]


def test_a_failing_control_stops_the_run_without_the_data_it_failed_on() -> None:
    def judge(resource: Resource, _: object) -> list[Outcome]:
        raise KeyError(f"password of {resource.name}")

    def judge_stack(_: Stack, __: object) -> list[Placed]:
        raise SystemExit("password")

    rules = enforced(control(judge), stack_control(judge_stack))
    resource = pod(**_exempt("2026-12-01: a reason"))
    fault, _ = verdicts.of_resource(resource, rules, DAY)
    [stack_fault] = verdicts.of_stack(Stack(resources=(resource,)), rules, DAY)
    assert 'Pod "a" was not judged: the control failed with KeyError at test_verdicts.py:' in fault.text
    assert 'Stack "the whole stack" was not judged: the control failed with SystemExit' in stack_fault.text
    assert fault.stops
    assert stack_fault.stops
    assert "password" not in fault.text + stack_fault.text
