"""Backups that would not be made, would be refused, or would be lost with what they are of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settings.configurations import assert_only_mistake, load

STANDING_IN: dict[str, Any] = {"environment": "recovery", "recovery": {"primary_region": "europe-west1"}}


def test_backups_without_their_agent() -> None:
    assert_only_mistake(
        {"cluster": {"backup_agent": False}},
        key="cluster.backup_agent",
        got="false, with backup.enabled true",
        allowed="true",
        advice="set backup.enabled to false as well",
    )
    load({"environment": "staging", "cluster": {"backup_agent": False}, "backup": {"enabled": False}})


def test_backups_in_the_region_that_they_are_of() -> None:
    assert_only_mistake(
        {"backup": {"location": "europe-west1"}},
        key="backup.location",
        got='"europe-west1", this stack\'s region',
        allowed="a region that is lost neither with this stack nor",
        advice="name another region",
    )


def test_backups_in_the_region_that_is_lost_already() -> None:
    assert_only_mistake(
        {**STANDING_IN, "region": "europe-west4", "backup": {"location": "europe-west1"}},
        key="backup.location",
        got='"europe-west1", the region that this stack makes up for',
        allowed="a region that is lost neither with this stack nor",
        advice="name another region",
    )


@pytest.mark.parametrize("region", ["europe-west2", "africa-south1"])
def test_a_region_without_another_one_under_the_same_law(region: str) -> None:
    assert_only_mistake(
        {"region": region},
        key="backup.location",
        got=f"nothing, with region {region}",
        allowed="a region: none is known beside this one",
        advice="name one where the data may be kept",
    )
    assert load({"region": region, "backup": {"location": "europe-west4"}}).backup_location == "europe-west4"
    load({"region": region, "environment": "staging", "backup": {"enabled": False}})


def test_production_s_backups_are_neither_with_it_nor_with_its_recovery() -> None:
    production, recovery = load({}), load({**STANDING_IN, "region": "europe-west4"})
    assert production.backup_location == recovery.backup_location == "europe-west3"


@pytest.mark.parametrize(("minutes", "days", "most"), [(60, 16, 15), (90, 23, 22), (1440, 361, 360)])
def test_more_backups_than_google_keeps(minutes: int, days: int, most: int) -> None:
    assert_only_mistake(
        {"backup": {"recovery_point_minutes": minutes, "retain_days": days}},
        key="backup.retain_days",
        got=f"{days}, with recovery_point_minutes {minutes}",
        allowed=f"at most {most}",
        advice="keep them for fewer days",
    )
    load({"backup": {"recovery_point_minutes": minutes, "retain_days": most}})


def test_backups_that_are_locked_for_longer_than_they_are_kept() -> None:
    assert_only_mistake(
        {"backup": {"retain_days": 7, "delete_lock_days": 8}},
        key="backup.delete_lock_days",
        got="8, above retain_days 7",
        allowed="at most retain_days",
        advice="lower it",
    )
    load({"backup": {"retain_days": 7, "delete_lock_days": 7}})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("recovery_point_minutes", 59),
        ("recovery_point_minutes", 86_401),
        ("retain_days", 0),
        ("retain_days", 366),
        ("delete_lock_days", -1),
        ("delete_lock_days", 91),
        ("location", "eu"),
        ("location", "europe-west3-a"),
    ],
)
def test_values_that_google_does_not_take(name: str, value: object) -> None:
    given = {"backup": {"recovery_point_minutes": 86_400, "retain_days": 365, name: value}}
    assert_only_mistake(given, key=f"backup.{name}", got=str(value), allowed="", advice="")
