from __future__ import annotations

import re

import pytest

from sandbox.dataplane.delays import Delays, DelaysInvalid
from sandbox.dataplane.stages import pod_kinds


def test_every_row_has_a_source_and_a_duration() -> None:
    for name, row in Delays.from_environment({}).rows.items():
        assert row.source == "assumption" or row.source.startswith("https://"), name
        assert row.seconds >= 0, name
        assert row.note, name


def test_the_kinds_of_pods_name_rows() -> None:
    rows = Delays.from_environment({}).rows
    assert all(kind.ready in rows and kind.stop in rows for kind in pod_kinds())


def test_overrides_leave_other_rows_alone() -> None:
    delays = Delays.from_environment({"SANDBOX_DELAYS": " p2p-node-sync=1800, disk-create = 0.5 ,"})
    assert (delays.seconds("p2p-node-sync"), delays.seconds("disk-create"), delays.seconds("node-idle")) == (
        1800,
        0.5,
        600,
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("p2p-sync=5", "names `p2p-sync`, which is no row of delays.csv"),
        ("disk-create", "gives `disk-create` the value ''"),
        ("disk-create=soon", "gives `disk-create` the value 'soon'"),
        ("disk-create=-1", "0 or more"),
        ("disk-create=nan", "0 or more"),
    ],
)
def test_a_wrong_override_is_refused(text: str, says: str) -> None:
    with pytest.raises(DelaysInvalid, match=re.escape(says)):
        Delays.from_environment({"SANDBOX_DELAYS": text})
