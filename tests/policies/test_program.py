"""Our own program against the pack: what it declares in each stack keeps the rules of the stack's environment."""

from __future__ import annotations

import runpy
from functools import cache
from typing import Any

import pytest
from guardrails.catalogue import CONTROLS
from guardrails.control import Environment, Level, Rule
from guardrails.resource import Resource

from tests.policies.case_files import judged
from tests.program_mocks import ROOT, World, run, stack_config

STACKS = {
    "dev": Environment.DEVELOPMENT,
    "sandbox": Environment.DEVELOPMENT,
    "staging": Environment.STAGING,
    "prod": Environment.PRODUCTION,
    "dr": Environment.RECOVERY,
}


@cache
def _world(stack: str) -> World:
    return run(lambda: runpy.run_path(str(ROOT / "__main__.py")), stack=stack, config=stack_config(stack))


def _declared(stack: str) -> list[Resource]:
    return [
        Resource(
            type=one.type, name=one.name, urn=one.urn, props=one.inputs, protect=one.protected, provider=one.provider
        )
        for one in _world(stack).resources
    ]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
@pytest.mark.parametrize("stack", STACKS)
def test_program_keeps_the_rules(stack: str, control: Rule[Any]) -> None:
    environment = STACKS[stack]
    if control.levels.at(environment) is Level.DISABLED:
        return
    assert _messages(control, _declared(stack), environment) == []


@pytest.mark.parametrize(
    ("kind", "control"),
    [
        ("PodDisruptionBudget", "workload-disruption-budget"),
        ("VerticalPodAutoscaler", "stateful-set-vertical-autoscaler"),
        ("StatefulSet", "vertical-autoscaler-target"),
        ("NetworkPolicy", "namespace-default-deny"),
        ("StorageClass", "claim-on-ssd"),
        ("backupPlan:BackupPlan", "backup-plan-covers"),
    ],
)
def test_the_program_without_an_object_breaks_the_rule(kind: str, control: str) -> None:
    without = [one for one in _declared("prod") if not one.type.endswith(kind)]
    [rule] = [one for one in CONTROLS if one.id == control]
    assert _messages(rule, without, Environment.PRODUCTION)


def _messages(control: Rule[Any], resources: list[Resource], environment: Environment) -> list[str]:
    parameters = control.relaxed.get(environment, control.parameters)
    return [outcome.message(resource) for resource, outcome in judged(control, resources, parameters.model_dump())]
