from __future__ import annotations

import pytest

from sandbox.vertical_autoscaling.recording import table
from tests.sandbox.vertical_autoscaling.outages import Outage, one_after_the_other, outages, samples
from tests.sandbox.vertical_autoscaling.test_recording import recorded


def test_a_node_is_down_until_it_is_ready_again() -> None:
    read = samples(table(recorded().samples))
    assert [len(rows) for rows in read] == [2] * 5
    assert outages(read) == [Outage(pod="p2p-node-0", began=1, ended=4)]


@pytest.mark.parametrize(
    ("others", "orderly"),
    [
        ([("b", 5, 6)], True),
        ([("a", 5, 6), ("b", 8, 9)], True),
        ([("b", 4, 6)], False),
        ([("b", 2, 3)], False),
        ([("b", 5, None)], False),
    ],
)
def test_outages_one_after_the_other(others: list[tuple[str, int, int | None]], orderly: bool) -> None:
    found = [Outage(pod=pod, began=began, ended=ended) for pod, began, ended in [("a", 1, 4), *others]]
    assert one_after_the_other(found) is orderly
