from __future__ import annotations

from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

import settings
from settings.maintenance import Day
from tests.settings.configurations import assert_only_mistake, load, mistakes

PLACE = "cluster.maintenance"
DAYS: tuple[Day, ...] = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def maintenance(**given: object) -> dict[str, Any]:
    return {"cluster": {"maintenance": given}}


def exclusion(name: str = "freeze", start: str = "2026-12-01", end: str = "2026-12-31", **more: str) -> dict[str, str]:
    return {"name": name, "start": f"{start}T00:00:00Z", "end": f"{end}T00:00:00Z", **more}


@pytest.mark.parametrize(
    ("given", "got"),
    [
        ({"days": ["SA"], "hours": 11}, "11 on SA: 11 hours a week"),
        ({"days": ["SA", "SU"], "hours": 5}, "5 on SA, SU: 10 hours a week"),
        ({"days": ["SA", "SA", "SA"], "hours": 4}, "4 on SA, SA, SA: 4 hours a week"),
        ({"days": []}, "8 on no day: 0 hours a week"),
    ],
)
def test_a_window_that_google_finds_too_small(given: dict[str, object], got: str) -> None:
    assert_only_mistake(
        maintenance(**given),
        key=f"{PLACE}.hours",
        got=got,
        allowed="at least 12 hours a week, because Google wants 48 in any 32 days",
        advice="add a day or hours",
    )


@hypothesis.settings(deadline=None)
@given(st.sets(st.sampled_from(DAYS), min_size=1), st.integers(4, 24))
def test_a_window_is_accepted_exactly_if_any_32_days_have_48_hours(days: set[str], hours: int) -> None:
    openings = [
        sum(hours for day in range(first, first + 32) if DAYS[day % 7] in days) for first in range(7)
    ]  # fmt: skip
    config = maintenance(days=sorted(days), hours=hours)
    if min(openings) >= 48:
        load(config)
    else:
        assert list(mistakes(config)) == [f"{PLACE}.hours"]


@pytest.mark.parametrize("end", ["2027-02-01", "2027-02-02"])
def test_an_exclusion_that_ends_before_or_as_it_begins(end: str) -> None:
    assert_only_mistake(
        maintenance(exclusions=[exclusion("first"), exclusion("second", "2027-02-02", end)]),
        key=f"{PLACE}.exclusions[1].end",
        got=f"{end}T00:00:00+00:00, not after start 2027-02-02T00:00:00+00:00",
        allowed="an instant after start",
        advice="correct one of them",
    )


def test_a_freeze_of_more_than_30_days() -> None:
    load(maintenance(exclusions=[exclusion(scope="NO_UPGRADES")]))
    load(maintenance(exclusions=[exclusion(end="2027-01-01", scope="NO_MINOR_UPGRADES")]))
    assert_only_mistake(
        maintenance(exclusions=[exclusion(end="2027-01-01", scope="NO_UPGRADES")]),
        key=f"{PLACE}.exclusions[0].end",
        got="2027-01-01T00:00:00+00:00, 31 days after start",
        allowed="at most 30 days with scope NO_UPGRADES",
        advice="shorten it, or choose NO_MINOR_OR_NODE_UPGRADES",
    )


def test_exclusions_of_one_name() -> None:
    assert_only_mistake(
        maintenance(exclusions=[exclusion("a"), exclusion("b"), exclusion("a", "2027-03-01", "2027-03-02")]),
        key=f"{PLACE}.exclusions[2].name",
        got='"a", for the second time',
        allowed="a name of its own",
        advice="rename it",
    )


def test_more_freezes_than_a_cluster_may_have() -> None:
    freezes = [exclusion(f"freeze-{number}", scope="NO_UPGRADES") for number in range(4)]
    load(maintenance(exclusions=freezes[:3]))
    assert_only_mistake(
        maintenance(exclusions=freezes),
        key=f"{PLACE}.exclusions",
        got="4 with scope NO_UPGRADES",
        allowed="at most 3",
        advice="remove those that are over",
    )


def test_more_exclusions_than_a_cluster_may_have() -> None:
    many = [exclusion(f"quiet-{number}") for number in range(21)]
    load(maintenance(exclusions=many[:20]))
    assert_only_mistake(
        maintenance(exclusions=many),
        key=f"{PLACE}.exclusions",
        got="21 exclusions",
        allowed="at most 20",
        advice="remove those that are over",
    )


@pytest.mark.parametrize(
    "instant", ["2026", "2026-12-18", "2026-12-18T00:00:00", "2026-12-18 00:00:00 +0000 UTC", 1797552000, True, "soon"]
)
def test_an_instant_must_be_written_out_with_its_offset(instant: object) -> None:
    assert_only_mistake(
        maintenance(exclusions=[{**exclusion(), "end": instant}]),
        key=f"{PLACE}.exclusions[0].end",
        got=f'"{instant}"' if isinstance(instant, str) else str(instant).lower(),
        allowed='an instant with its offset, in quotes, such as "2026-12-18T00:00:00Z"',
        advice="correct the value",
    )


def test_offsets_are_understood() -> None:
    early = {**exclusion(), "start": "2026-12-31T00:30:00+01:00", "end": "2026-12-31T00:00:00Z"}
    (loaded,) = load(maintenance(exclusions=[early])).cluster.maintenance.exclusions
    assert isinstance(loaded, settings.ExclusionSettings)
    assert (loaded.end - loaded.start).total_seconds() == 1800


def test_a_misspelled_key_of_an_exclusion() -> None:
    misspelled = {("ends" if key == "end" else key): value for key, value in exclusion().items()}
    found = mistakes(maintenance(exclusions=[misspelled]))
    assert sorted(found) == [f"{PLACE}.exclusions[0].end", f"{PLACE}.exclusions[0].ends"]
    assert found[f"{PLACE}.exclusions[0].end"].got == "nothing"
    assert found[f"{PLACE}.exclusions[0].end"].advice == "add it"
    assert found[f"{PLACE}.exclusions[0].ends"].allowed == "end, name, scope, start"
    assert found[f"{PLACE}.exclusions[0].ends"].advice == "rename it to end"
