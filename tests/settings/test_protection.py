from __future__ import annotations

from typing import Any

import pytest

from tests.settings.configurations import assert_only_mistake, load, merged, mistakes

# The setting that takes a protection away, what the mistake says it got and allows, and its acknowledgement.
UNPROTECTED: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("cluster.deletion_protection", {"cluster": {"deletion_protection": False}}, "false", "true", "cluster"),
    ("protect", {"protect": False}, "false", "true", "cluster"),
    ("storage.reclaim_policy", {"storage": {"reclaim_policy": "Delete"}}, "Delete", "Retain", "volumes"),
    ("cluster.secrets_encryption", {"cluster": {"secrets_encryption": False}}, "false", "true", "keys"),
    ("backup.enabled", {"backup": {"enabled": False}}, "false", "true", "volumes"),
]
GUARDED: list[dict[str, Any]] = [
    {"environment": "production"},
    {"environment": "recovery", "region": "europe-west4", "recovery": {"primary_region": "europe-west1"}},
]


@pytest.mark.parametrize("stack", GUARDED, ids=["production", "recovery"])
@pytest.mark.parametrize(("key", "given", "got", "allowed", "acknowledged"), UNPROTECTED)
def test_a_guarded_stack_without_a_protection(
    stack: dict[str, Any], key: str, given: dict[str, Any], got: str, allowed: str, acknowledged: str
) -> None:
    assert_only_mistake(
        merged(stack, given),
        key=key,
        got=f"{got}, with environment {stack['environment']}",
        allowed=allowed,
        advice=f"remove it; if it is meant to go, add {acknowledged} to accept_replacement",
    )
    load({**merged(stack, given), "accept_replacement": [acknowledged]})


@pytest.mark.parametrize(("key", "given", "got", "allowed", "acknowledged"), UNPROTECTED)
def test_another_acknowledgement_is_none(
    key: str, given: dict[str, Any], got: str, allowed: str, acknowledged: str
) -> None:
    others = [one for one in ("cluster", "volumes", "keys") if one != acknowledged]
    assert list(mistakes({**given, "accept_replacement": others})) == [key]


@pytest.mark.parametrize("environment", ["development", "staging"])
def test_the_other_environments_may_go_without(environment: str) -> None:
    stack: dict[str, Any] = {"environment": environment}
    for _, given, *_ in UNPROTECTED:
        stack = merged(stack, given)
    load(stack)


def test_production_is_what_a_stack_is_unless_it_says_otherwise() -> None:
    assert list(mistakes({"protect": False})) == ["protect"]


def test_a_recovery_stack_in_the_region_that_it_recovers() -> None:
    assert_only_mistake(
        {"environment": "recovery", "recovery": {"primary_region": "europe-west1"}},
        key="region",
        got='"europe-west1", the region of the production stack',
        allowed="another region than recovery.primary_region",
        advice="move the recovery stack",
    )


def test_a_recovery_stack_that_does_not_say_of_what() -> None:
    assert_only_mistake(
        {"environment": "recovery"},
        key="recovery.primary_region",
        got="nothing, with environment recovery",
        allowed="the region of the production stack",
        advice="name the region whose loss this stack makes up for",
    )


@pytest.mark.parametrize("environment", ["production", "staging", "development"])
def test_a_primary_region_of_a_stack_that_is_no_recovery(environment: str) -> None:
    assert_only_mistake(
        {"environment": environment, "recovery": {"primary_region": "europe-west4"}},
        key="recovery.primary_region",
        got=f'"europe-west4", with environment {environment}',
        allowed="nothing",
        advice="set environment to recovery",
    )
