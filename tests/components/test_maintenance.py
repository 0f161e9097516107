from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.maintenance import ANCHOR, maintenance_policy
from settings import ExclusionSettings, MaintenanceSettings
from settings.maintenance import WEEK, Day
from tests.program_mocks import of_settings


def window(settings: MaintenanceSettings) -> Any:
    return maintenance_policy(settings).recurring_window


def test_the_default_is_the_weekend_s_nights() -> None:
    found = of_settings().one("gcp:container/cluster:Cluster").inputs["maintenancePolicy"]
    assert found == {
        "recurringWindow": {
            "startTime": "2026-01-10T01:00:00Z",
            "endTime": "2026-01-10T09:00:00Z",
            "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
        }
    }


DAYS: st.SearchStrategy[tuple[Day, ...]] = st.lists(st.sampled_from(WEEK), min_size=1).map(tuple)


@given(days=DAYS, hour=st.integers(0, 23), hours=st.integers(4, 24))
def test_the_first_window_is_on_a_day_of_its_own_and_as_long_as_the_others(
    days: tuple[Day, ...], hour: int, hours: int
) -> None:
    found = window(MaintenanceSettings(days=days, start=f"{hour:02}:30", hours=hours))
    begins, ends = datetime.fromisoformat(found.start_time), datetime.fromisoformat(found.end_time)
    named = found.recurrence.removeprefix("FREQ=WEEKLY;BYDAY=").split(",")
    assert WEEK[begins.weekday()] == named[0]
    assert set(named) == set(days)
    assert named == sorted(named, key=WEEK.index)
    assert ends - begins == timedelta(hours=hours)
    assert (begins.hour, begins.minute) == (hour, 30)


def test_exclusions_are_in_zulu_and_in_the_order_of_their_names() -> None:
    def exclusion(name: str, day: int) -> ExclusionSettings:
        begins, ends = (f"2026-12-{number:02}T00:00:00+02:00" for number in (day, day + 2))
        return ExclusionSettings.model_validate({"name": name, "start": begins, "end": ends})

    found: Any = maintenance_policy(MaintenanceSettings(exclusions=(exclusion("z", 1), exclusion("a", 10))))
    shown = [
        (one.exclusion_name, one.start_time, one.end_time, one.exclusion_options.scope)
        for one in found.maintenance_exclusions
    ]
    assert shown == [
        ("a", "2026-12-09T22:00:00Z", "2026-12-11T22:00:00Z", "NO_MINOR_OR_NODE_UPGRADES"),
        ("z", "2026-11-30T22:00:00Z", "2026-12-02T22:00:00Z", "NO_MINOR_OR_NODE_UPGRADES"),
    ]


def test_the_anchor_is_a_monday() -> None:
    assert ANCHOR.weekday() == 0
