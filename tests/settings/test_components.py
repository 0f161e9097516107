"""Lists of components that Google would refuse, or write back otherwise."""

from __future__ import annotations

import pytest

from tests.settings.configurations import assert_only_mistake, load

LISTS = pytest.mark.parametrize("name", ["log_components", "metric_components"])


@LISTS
def test_components_of_others_without_google_s_own(name: str) -> None:
    assert_only_mistake(
        {"cluster": {name: ["APISERVER"]}},
        key=f"cluster.{name}",
        got="APISERVER without SYSTEM_COMPONENTS",
        allowed="nothing at all, or SYSTEM_COMPONENTS with others",
        advice="add SYSTEM_COMPONENTS",
    )


@LISTS
def test_a_component_twice(name: str) -> None:
    assert_only_mistake(
        {"cluster": {name: ["SYSTEM_COMPONENTS", "SCHEDULER", "SCHEDULER"]}},
        key=f"cluster.{name}[2]",
        got="SCHEDULER, for the second time",
        allowed="each component once",
        advice="remove it",
    )


@LISTS
@pytest.mark.parametrize("given", [[], ["SYSTEM_COMPONENTS"], ["SCHEDULER", "SYSTEM_COMPONENTS"]])
def test_lists_that_google_takes(name: str, given: list[str]) -> None:
    load({"cluster": {name: given}})
