"""An unknown field never hides a fault, and never makes one up."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from guardrails.control import Control, Finding, Unjudged
from guardrails.controls.pods import BASELINE, RESTRICTED
from guardrails.plain import UNKNOWN
from guardrails.resource import Resource

from tests.policies.controls.pods import samples
from tests.policies.controls.pods.changes import Pod

CONTROLS: list[Any] = [*BASELINE, *RESTRICTED]
PODS = [*samples.mutated(seed=5, count=60), *samples.from_cases()]


@pytest.fixture(scope="module")
def faults() -> list[set[str]]:
    """The fields of each pod that any control finds fault with: what one leaves to another is a fault all the same."""
    return [set().union(*(_faults(_outcomes(control, pod)) for control in CONTROLS)) for pod in PODS]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_an_unknown_field_neither_hides_a_fault_nor_makes_one_up(control: Control[Any], faults: list[set[str]]) -> None:
    draw = random.Random(control.id)  # noqa: S311  a sample that can be repeated, not a secret
    hidden = 0
    for pod, of_any in zip(PODS, faults, strict=True):
        spoilt = copy.deepcopy(pod)
        _forget(spoilt["spec"] if draw.random() < 0.9 else spoilt, draw)
        outcomes = _outcomes(control, spoilt)
        assert _faults(outcomes) <= of_any, spoilt
        if _faults(_outcomes(control, pod)) - _faults(outcomes):
            hidden += 1
            assert any(isinstance(one, Unjudged) for one in outcomes), spoilt
    assert hidden


def _outcomes(control: Control[Any], pod: Pod) -> list[Finding | Unjudged]:
    resource = Resource(type="kubernetes:core/v1:Pod", name="p", urn="p", props=pod)
    return list(control.judge(resource, control.parameters))


def _faults(outcomes: list[Finding | Unjudged]) -> set[str]:
    return {one.path for one in outcomes if isinstance(one, Finding)}


def _forget(value: Any, draw: random.Random) -> None:
    """Makes one field unknown, somewhere below."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    if not keys:
        return
    key = draw.choice(keys)
    if isinstance(value[key], dict | list) and value[key] and draw.random() < 0.8:
        _forget(value[key], draw)
    else:
        value[key] = UNKNOWN
