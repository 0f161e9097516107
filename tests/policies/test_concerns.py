"""Controls that have nothing to say of a type are not asked about it again, and nothing is lost by that."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from guardrails import enforcement, verdicts
from guardrails.control import Environment, Level, Outcome
from guardrails.resource import Resource

from tests.policies.case_files import FILES, Case
from tests.policies.controls_for_tests import FINDING, control, enforced, pod

DAY = datetime.date(2026, 11, 24)
CASES = [Case(file=file, data=data) for file in FILES for kind in ("fails", "passes") for data in file.get(kind, [])]


def _asked(judge: Any, *resources: Resource) -> int:
    """How often a control is asked about resources, one after the other."""
    asked: list[object] = []

    def counted(resource: Resource, parameters: Any) -> list[Outcome]:
        asked.append(resource)
        return list(judge(resource, parameters))

    rules = enforced(control(counted))
    for resource in resources:
        list(verdicts.of_resource(resource, rules, DAY))
    return len(asked)


@pytest.mark.parametrize(
    ("judge", "asked"),
    [
        (lambda *_: [], 1),
        (lambda resource, _: [FINDING] if resource.kind == ("apps", "Deployment") or resource.is_patch else [], 1),
        (lambda *_: [FINDING], 2),
        (lambda resource, _: [FINDING] if resource.props.get("a") else [], 2),
        (lambda resource, _: [FINDING] if resource.protect else [], 2),
        (lambda resource, _: [FINDING] if resource.title == 'Pod "b"' else [], 2),
    ],
)
def test_a_control_that_looked_at_nothing_but_the_type_is_asked_once(judge: Any, asked: int) -> None:
    assert _asked(judge, pod(), pod()) == asked


def test_a_control_that_failed_is_asked_again() -> None:
    def judge(*_: object) -> list[Outcome]:
        raise KeyError

    assert _asked(judge, pod(), pod()) == 2


def test_other_parameters_are_other_questions() -> None:
    rules = enforcement.of(Environment.PRODUCTION)
    list(verdicts.of_resource(pod(), rules, DAY))
    assert any(one.concerns for one in rules.values())
    changed = enforcement.configured(rules, {"all": Level.ADVISORY.value})
    assert not any(one.concerns for one in changed.values())


def test_no_case_is_judged_otherwise_after_a_resource_of_its_type_that_declares_nothing() -> None:
    known, different = enforcement.of(Environment.PRODUCTION), []
    resources = [resource for case in CASES for resource in case.resources()]
    assert len(resources) > 1000
    for type_ in {resource.type for resource in resources}:
        list(verdicts.of_resource(Resource(type=type_, name="nothing", urn="urn:nothing", props={}), known, DAY))
    for resource in resources:
        alone = verdicts.of_resource(resource, enforcement.of(Environment.PRODUCTION), DAY)
        if [one.text for one in alone] != [one.text for one in verdicts.of_resource(resource, known, DAY)]:
            different.append(resource)
    assert different == []
