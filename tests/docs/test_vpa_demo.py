"""What docs/sandbox.md says of the demonstration, against the samples that are committed beside its picture."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from sandbox.layout import CHECKOUT
from sandbox.vertical_autoscaling.components import flags
from sandbox.vertical_autoscaling.usage import Profile
from tests.sandbox.vertical_autoscaling.outages import Row, one_after_the_other, outages, samples
from tests.sandbox.vertical_autoscaling.test_components import SETTINGS

FOLDER = CHECKOUT / "docs" / "vpa-demo"
NUMBERS = {"one": 1, "twice": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


@pytest.fixture(scope="module")
def section() -> str:
    text = (CHECKOUT / "docs" / "sandbox.md").read_text()
    return " ".join(text.partition("### `make demo-vpa`")[2].partition("\n## ")[0].split())


@pytest.fixture(scope="module")
def table() -> Sequence[list[Row]]:
    return samples((FOLDER / "samples.csv").read_text())


def test_never_more_than_one_is_down_and_each_is_back_before_the_next(table: Sequence[list[Row]]) -> None:
    assert max(sum(row["up"] == "no" for row in rows) for rows in table) == 1
    assert one_after_the_other(outages(table))


def test_restarts_are_as_told(section: str, table: Sequence[list[Row]]) -> None:
    told = re.search(r"below, p2p-node-0 restarted (\w+) times? and p2p-node-1 (\w+) times?", section)
    assert told
    assert [int(row["restarts"]) for row in table[-1]] == [NUMBERS[word] for word in told.groups()]


def test_requests_followed_usage_from_small_machines_to_large_ones(table: Sequence[list[Row]]) -> None:
    needed = Profile.read().points[-1].usage.memory_mib
    for first, last in zip(table[0], table[-1], strict=True):
        assert first["request_mib"] == "2048"
        assert float(last["used_mib"]) == needed <= float(last["request_mib"])
        assert (first["machine"], last["machine"]) == ("e2-standard-2", "e2-highmem-2")


def test_names_kept_their_claims(table: Sequence[list[Row]]) -> None:
    seen = {(row["pod"], row["claims"]) for rows in table for row in rows if row["request_mib"]}
    assert seen == {(pod, f"data-{pod}") for pod in ("p2p-node-0", "p2p-node-1")}


def test_the_picture_is_of_these_samples(table: Sequence[list[Row]]) -> None:
    drawn = (FOLDER / "picture.svg").read_text()
    # A line of requests has a point a sample, as long as there is a pod.
    assert drawn.startswith("<svg")
    assert max(len(re.findall("H", path)) for path in re.findall(r'<path d="([^"]*)"', drawn)) == len(table) - 1


def test_as_many_flags_are_about_time_as_told(section: str) -> None:
    told = re.search(r"(\w+) are about time", section)
    assert told
    given = [flag for its in flags(SETTINGS).values() for flag in its]
    assert NUMBERS[told[1].lower()] == sum(bool(re.fullmatch(r"\d+[smh]", flag.value)) for flag in given)
