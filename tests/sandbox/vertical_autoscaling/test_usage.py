from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.vertical_autoscaling.usage import Profile, ProfileInvalid, Usage

HEAD = "seconds,memory_mib,cpu_millicores\n"


def profile(folder: Path, rows: str) -> Profile:
    file = folder / "usage.csv"
    file.write_text(HEAD + rows)
    return Profile.read(file)


@pytest.mark.parametrize(("seconds", "memory"), [(-5, 100), (0, 100), (5, 150), (10, 200), (12, 200), (99, 300)])
def test_a_straight_line_between_the_points_and_level_outside(seconds: float, memory: float, tmp_path: Path) -> None:
    made = profile(tmp_path, "0,100,1\n10,200,1\n20,200,1\n30,300,1\n")
    assert made.at(seconds).memory_mib == memory


@pytest.mark.parametrize(
    "rows", ["", "5,100,1\n", "0,100,1\n0,200,1\n", "0,100,1\n9,1,1\n3,1,1\n", "0,much,1\n", "0\n"]
)
def test_a_table_that_is_no_profile_is_told(rows: str, tmp_path: Path) -> None:
    with pytest.raises(ProfileInvalid, match=r"usage\.csv"):
        profile(tmp_path, rows)


def test_a_missing_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProfileInvalid, match="No such file"):
        Profile.read(tmp_path / "usage.csv")


def test_the_committed_table_grows_past_the_first_request_and_never_past_what_its_limit_has_become() -> None:
    memory = [point.usage.memory_mib for point in Profile.read().points]
    assert memory == sorted(memory)
    # The limit is twice the request and grows along: a step to more than that would be cut off, not shown.
    steps = sorted(set(memory))
    assert steps[0] < 2048 < steps[1] < 4096 < steps[2] < 2 * steps[1]


@pytest.mark.parametrize(("limit", "memory"), [(None, 500), (400, 400), (600, 500)])
def test_nobody_uses_more_than_the_limit(limit: float | None, memory: float) -> None:
    assert Usage(memory_mib=500, cpu_millicores=1).within(limit).memory_mib == memory
