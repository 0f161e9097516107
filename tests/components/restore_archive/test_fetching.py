"""What happens on the way from the bucket to the volume, against a simulator of Google."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, strategies
from hypothesis import settings as hypothesis_settings

from components.restore_archive.cloud_storage import CloudStorage
from tests.components.restorations import FILES, Restoration, archive, ended, sha256
from tests.components.simulated_google import BUCKET, EMAIL, OBJECT, simulated_google

MEBIBYTE = 1 << 20
LARGE = {**FILES, "chains/a/db/full/000002.sst": bytes(range(256)) * 4096 * 4}
"""More than four chunks of the program's."""


@pytest.fixture
def restoration(tmp_path: Path) -> Iterator[Restoration]:
    with simulated_google(archive(LARGE)) as google:
        yield Restoration(folder=tmp_path / "restore", google=google)


def nothing_in_place(restoration: Restoration) -> bool:
    return restoration.files() == {} and restoration.marker() is None


def test_a_kill_between_two_chunks_costs_nothing_that_was_fetched(restoration: Restoration) -> None:
    restoration.killed_while_fetching(2 * MEBIBYTE)
    assert nothing_in_place(restoration)
    have = restoration.part.stat().st_size
    assert have >= 2 * MEBIBYTE
    assert restoration.run().code == 0
    assert restoration.google.ranges == ["bytes=0-", f"bytes={have}-"]
    assert restoration.files() == LARGE


def test_what_was_replaced_between_two_starts_is_fetched_anew(restoration: Restoration) -> None:
    restoration.killed_while_fetching(2 * MEBIBYTE)
    restoration.google.store(archive(FILES))
    run = restoration.run()
    assert run.code == 0
    assert "generation 1 are there" in run.text
    assert restoration.google.ranges[-1] == "bytes=0-"
    assert restoration.files() == FILES


def test_what_is_replaced_midway_is_fetched_anew(restoration: Restoration) -> None:
    new = archive(FILES)
    restoration.google.stalls_after = MEBIBYTE
    process = restoration.start(expected=sha256(new))
    while not restoration.google.ranges:
        pass
    restoration.google.store(new)
    restoration.google.goes_on.set()
    run = ended(process)
    assert run.code == 0
    assert "was replaced while it was fetched" in run.text
    assert restoration.files() == FILES
    assert (restoration.marker() or {})["generation"] == "2"


def test_what_vanishes_midway_leaves_nothing_in_place(restoration: Restoration) -> None:
    restoration.google.stalls_after = 2 * MEBIBYTE
    process = restoration.start()
    while not restoration.google.ranges:
        pass
    restoration.google.exists = False
    restoration.google.goes_on.set()
    run = ended(process)
    assert run.code == 1
    assert f"gs://{BUCKET}/{OBJECT} is not there: it never was, or it was deleted" in run.text
    assert nothing_in_place(restoration)
    assert restoration.run().code == 1
    restoration.google.store(archive(FILES))
    assert restoration.run().code == 0
    assert restoration.files() == FILES


def test_a_wrong_checksum_is_refused_once_and_for_all(restoration: Restoration) -> None:
    run = restoration.run(expected="0" * 64)
    assert run.code == 2
    assert "0" * 64 in run.text
    assert sha256(restoration.google.content) in run.text
    assert nothing_in_place(restoration)
    assert not restoration.part.exists()
    again = restoration.run(expected="0" * 64)
    assert again.code == 2
    assert sha256(restoration.google.content) in again.text
    assert len(restoration.google.ranges) == 1, "terabytes are not fetched at each of the kubelet's attempts"
    assert restoration.run().code == 0
    assert restoration.files() == LARGE


def test_a_wrong_object_is_fetched_again_when_it_was_replaced(restoration: Restoration) -> None:
    right = archive(FILES)
    assert restoration.run(expected=sha256(right)).code == 2
    restoration.google.store(right)
    assert restoration.run().code == 0
    assert restoration.files() == FILES


def test_pieces_that_do_not_fit_are_fetched_anew(restoration: Restoration) -> None:
    restoration.killed_while_fetching(2 * MEBIBYTE)
    with restoration.part.open("r+b") as part:
        part.write(bytes(100_000))
    run = restoration.run()
    assert run.code == 1
    assert "fetched in pieces" in run.text
    assert nothing_in_place(restoration)
    assert restoration.run().code == 0
    assert restoration.files() == LARGE


def test_answers_that_break_off_are_gone_on_with(restoration: Restoration) -> None:
    restoration.google.cuts = [MEBIBYTE + 5, 0, MEBIBYTE]
    run = restoration.run()
    assert run.code == 0
    assert "too early" in run.text
    assert restoration.google.ranges == [
        f"bytes={start}-" for start in (0, MEBIBYTE + 5, MEBIBYTE + 5, 2 * MEBIBYTE + 5)
    ]
    assert restoration.files() == LARGE


def test_a_server_that_never_gets_anywhere_is_given_up(restoration: Restoration) -> None:
    restoration.google.cuts = [0] * 100
    run = restoration.run()
    assert run.code == 1
    assert "asked 8 times" in run.text
    assert len(restoration.google.ranges) == 8
    assert nothing_in_place(restoration)


@pytest.mark.parametrize("statuses", [[503, 503], [429], [408, 500]])
def test_what_may_pass_is_asked_again(restoration: Restoration, statuses: list[int]) -> None:
    restoration.google.statuses = list(statuses)
    run = restoration.run()
    assert run.code == 0
    assert f"answered {statuses[0]}" in run.text


def test_an_outage_ends_the_run(restoration: Restoration) -> None:
    restoration.google.statuses = [503] * 100
    assert restoration.run().code == 1
    assert nothing_in_place(restoration)


@pytest.mark.parametrize("status", [401, 403])
def test_who_may_not_read_is_told_what_is_missing(restoration: Restoration, status: int) -> None:
    restoration.google.statuses = [status]
    run = restoration.run()
    assert run.code == 1
    assert f"{EMAIL} needs roles/storage.objectViewer" in run.text
    assert nothing_in_place(restoration)


def test_the_metadata_server_may_be_late(restoration: Restoration) -> None:
    restoration.google.metadata_statuses = [404, 403, 503]
    run = restoration.run()
    assert run.code == 0
    assert run.text.count("asks again") == 3


def test_a_metadata_server_that_never_answers_ends_the_run(restoration: Restoration) -> None:
    restoration.google.metadata_statuses = [404] * 100
    run = restoration.run()
    assert run.code == 1
    assert restoration.google.metadata_server in run.text


def test_an_archive_that_cannot_fit_is_not_fetched(restoration: Restoration) -> None:
    restoration.google.size = 1 << 60
    run = restoration.run()
    assert run.code == 1
    assert "raise node.disk_gib" in run.text
    assert restoration.google.ranges == []


def test_the_end_of_the_pod_ends_the_program(restoration: Restoration) -> None:
    restoration.google.stalls_after = MEBIBYTE
    process = restoration.start()
    while not restoration.google.ranges:
        pass
    process.send_signal(signal.SIGTERM)
    assert ended(process).code == 128 + signal.SIGTERM


@hypothesis_settings(max_examples=30, deadline=None)
@given(
    content=strategies.binary(min_size=50, max_size=200),
    cuts=strategies.lists(strategies.integers(min_value=0, max_value=80), max_size=7),
    ignores_ranges=strategies.booleans(),
    start=strategies.integers(min_value=0, max_value=50),
)
def test_no_byte_is_lost_or_repeated(content: bytes, cuts: list[int], ignores_ranges: bool, start: int) -> None:
    with simulated_google(content) as google:
        google.cuts, google.ignores_ranges = cuts, ignores_ranges
        storage = CloudStorage(storage=google.storage, metadata_server=google.metadata_server, pause_seconds=0)
        object = storage.describe(BUCKET, OBJECT)
        assert b"".join(storage.read(object, start)) == content[start:]
