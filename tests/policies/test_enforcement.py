"""Levels and parameters: an environment's, and what a configuration makes of them."""

from __future__ import annotations

from typing import Any

import pytest
from guardrails import enforcement
from guardrails.catalogue import CONTROLS
from guardrails.control import Environment, Level
from guardrails.enforcement import ConfigurationError, Enforced

from tests.policies.controls_for_tests import Limit, control

BASE: dict[str, Enforced] = {
    one.id: Enforced(rule=one, level=Level.MANDATORY, parameters=one.parameters)
    for one in (control(lambda *_: [], id_="first-one", parameters=Limit()), control(lambda *_: [], id_="second-one"))
}


def _result(configuration: dict[str, Any]) -> dict[str, tuple[Level, dict[str, Any]]]:
    found = enforcement.configured(BASE, configuration)
    return {id_: (one.level, one.parameters.model_dump()) for id_, one in found.items()}


def test_every_control_has_a_level_in_every_environment() -> None:
    for environment in Environment:
        assert list(enforcement.of(environment)) == [rule.id for rule in CONTROLS]


@pytest.mark.parametrize("environment", [Environment.PRODUCTION, Environment.RECOVERY])
def test_recovery_is_judged_as_production(environment: Environment) -> None:
    assert enforcement.of(environment) == enforcement.of(Environment.PRODUCTION)


@pytest.mark.parametrize("environment", list(Environment))
def test_an_environments_file_gives_that_environment_from_any_other(environment: Environment) -> None:
    file = enforcement.configuration(environment)
    for start in Environment:
        assert enforcement.configured(enforcement.of(start), file) == enforcement.of(environment)


def test_levels_and_parameters_are_taken() -> None:
    assert _result({}) == {
        "first-one": (Level.MANDATORY, {"limit": 3, "names": ["a"]}),
        "second-one": (Level.MANDATORY, {}),
    }
    assert _result({"first-one": "advisory"})["first-one"][0] is Level.ADVISORY
    assert _result({"first-one": {"limit": 5}})["first-one"] == (Level.MANDATORY, {"limit": 5, "names": ["a"]})
    assert _result({"first-one": {"enforcementLevel": "disabled", "names": []}})["first-one"] == (
        Level.DISABLED,
        {"limit": 3, "names": []},
    )


def test_all_is_every_control_that_is_not_named() -> None:
    levels = {id_: level for id_, (level, _) in _result({"first-one": "mandatory", "all": "advisory"}).items()}
    assert levels == {"first-one": Level.MANDATORY, "second-one": Level.ADVISORY}


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        enforcement.configured(
            BASE,
            {
                "frist-one": "advisory",
                "first-one": {"limit": 0, "limits": 5, "names": "a"},
                "second-one": {"enforcementLevel": "remediate"},
                "all": "loud",
            },
        )
    assert str(refusal.value).splitlines() == [
        "all: 'loud' is no level of this pack; allowed: mandatory, advisory, disabled",
        "frist-one: there is no such control; docs/guardrails.md lists them",
        "first-one.limit: Input should be greater than or equal to 1, not 0",
        "first-one.names: Input should be a valid list, not 'a'",
        "first-one.limits: Extra inputs are not permitted, not 5",
        "second-one: 'remediate' is no level of this pack; allowed: mandatory, advisory, disabled",
    ]


@pytest.mark.parametrize("given", [None, 3, ["advisory"]])
def test_neither_a_level_nor_an_object_is_refused(given: object) -> None:
    with pytest.raises(ConfigurationError, match="first-one: a level or an object is expected"):
        enforcement.configured(BASE, {"first-one": given})
