"""What is on the volume before and after, and after a kill at any step in between."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.components.restorations import FILES, Restoration, archive, sha256
from tests.components.simulated_google import BUCKET, OBJECT, simulated_google

NOTE = {"bucket": BUCKET, "object": OBJECT, "generation": "1"}
OTHERS = {"chains/a/db/full/000009.sst": b"synced by itself"}


@pytest.fixture
def restoration(tmp_path: Path) -> Iterator[Restoration]:
    with simulated_google(archive()) as google:
        yield Restoration(folder=tmp_path / "restore", google=google)


def put(restoration: Restoration, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = restoration.volume / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def complete_and_not_in_place(restoration: Restoration) -> None:
    """The state between the last step but two and the last one, made by hand."""
    put(restoration, {f".restore/extracted/{name}": content for name, content in FILES.items()})
    put(restoration, {".restore/complete.json": json.dumps({"bucket": BUCKET, "object": OBJECT}).encode()})


def test_an_empty_volume_is_filled_and_marked(restoration: Restoration) -> None:
    run = restoration.run()
    assert run.code == 0
    assert restoration.files() == FILES
    marker = restoration.marker() or {}
    assert marker.pop("restored_at").startswith("20")
    sum_ = sha256(restoration.google.content)
    assert marker == {**NOTE, "sha256": sum_}
    assert not (restoration.volume / ".restore").exists(), "the archive takes no space beside the database"


def test_a_marked_volume_is_never_restored_again(restoration: Restoration) -> None:
    restoration.run()
    asked = restoration.google.questions
    put(restoration, OTHERS)
    run = restoration.run(expected="1" * 64)
    assert run.code == 0
    assert len(run.text.splitlines()) == 1
    assert f"restored from gs://{BUCKET}/{OBJECT} generation 1" in run.text
    assert restoration.google.questions == asked
    assert restoration.files() == {**FILES, **OTHERS}


def test_a_marked_volume_whose_database_is_gone_never_begins_with_genesis_unnoticed(restoration: Restoration) -> None:
    restoration.run()
    shutil.rmtree(restoration.volume / "chains")
    run = restoration.run()
    assert run.code == 2
    assert "to restore anew, delete" in run.text.lower()
    (restoration.volume / ".restored").unlink()
    assert restoration.run().code == 0
    assert restoration.files() == FILES


def test_a_database_that_was_there_before_is_left_alone(restoration: Restoration) -> None:
    put(restoration, OTHERS)
    run = restoration.run()
    assert run.code == 0
    assert "was there before: this volume is left as it is" in run.text
    assert restoration.google.questions == 0
    assert restoration.files() == OTHERS
    assert restoration.marker() is None


@pytest.mark.parametrize("folder", ["chains", "chains/a/db/full", "lost+found"])
def test_folders_without_a_file_are_no_database(restoration: Restoration, folder: str) -> None:
    (restoration.volume / folder).mkdir(parents=True)
    assert restoration.run().code == 0
    assert restoration.files() == FILES


def test_a_database_of_a_time_without_the_setting_wins_over_what_was_fetched_before(restoration: Restoration) -> None:
    put(restoration, {".restore/archive.part": b"the beginning", ".restore/object.json": b"{}", **OTHERS})
    assert restoration.run().code == 0
    assert restoration.files() == OTHERS
    assert restoration.marker() is None
    assert not (restoration.volume / ".restore").exists()


def test_what_was_unpacked_only_in_part_is_worth_nothing(restoration: Restoration) -> None:
    put(restoration, {".restore/object.json": json.dumps(NOTE).encode()})
    put(restoration, {f".restore/extracted/{name}": b"half" for name in [*FILES, "chains/a/of-another-archive"]})
    assert restoration.run().code == 0
    assert restoration.files() == FILES


def test_a_note_of_before_never_completes_what_is_unpacked_now(tmp_path: Path) -> None:
    # Every third step: each file takes as many.
    for step in count(1, 3):
        with simulated_google(archive()) as google:
            restoration = Restoration(folder=tmp_path / str(step), google=google)
            put(restoration, {".restore/complete.json": b'{"generation": "7"}'})
            put(restoration, {".restore/object.json": json.dumps(NOTE).encode()})
            killed = restoration.run(fault="kill", at=step)
            if killed.code == 0:
                assert "begins anew" in killed.text
                break
            assert restoration.files() in ({}, FILES), step
            assert restoration.run().code == 0, step
            assert restoration.files() == FILES, step
            assert (restoration.marker() or {})["generation"] == "1", step
    assert step > 15, "what changes the volume is not counted"


def test_a_kill_at_any_step_leaves_a_volume_that_the_next_start_completes(tmp_path: Path) -> None:
    for step in count(1):
        with simulated_google(archive()) as google:
            restoration = Restoration(folder=tmp_path / str(step), google=google)
            killed = restoration.run(fault="kill", at=step)
            if killed.code == 0:
                break
            assert killed.code == -signal.SIGKILL
            assert restoration.files() in ({}, FILES), step
            assert restoration.marker() is None or restoration.files() == FILES, step
            assert restoration.run().code == 0, step
            assert restoration.files() == FILES, step
            assert restoration.marker(), step
            assert not (restoration.volume / ".restore").exists(), step
    assert step > 15, "what changes the volume is not counted"


def test_a_kill_while_leftovers_are_removed_never_marks_the_database_of_somebody_else(tmp_path: Path) -> None:
    for step in count(1):
        with simulated_google(archive()) as google:
            restoration = Restoration(folder=tmp_path / str(step), google=google)
            complete_and_not_in_place(restoration)
            put(restoration, OTHERS)
            killed = restoration.run(fault="kill", at=step)
            if killed.code == 0:
                break
            assert restoration.run().code == 0, step
            assert restoration.files() == OTHERS, step
            assert restoration.marker() is None, step
    assert step > 5, "what changes the volume is not counted"


def test_the_last_steps_are_gone_on_with(restoration: Restoration) -> None:
    complete_and_not_in_place(restoration)
    run = restoration.run()
    assert run.code == 0
    assert "goes on" in run.text
    assert restoration.google.questions == 0
    assert restoration.files() == FILES
    assert restoration.marker()


def test_a_full_disk_at_any_step_is_told_of_and_leaves_nothing_in_place(tmp_path: Path) -> None:
    told = 0
    for step in count(1):
        with simulated_google(archive()) as google:
            restoration = Restoration(folder=tmp_path / str(step), google=google)
            full = restoration.run(fault="full", at=step)
            if "fault injected" not in full.text:
                break
            # A folder that is there already is not made, whatever the disk says.
            if full.code != 0:
                assert full.code == 1, step
                assert "raise node.disk_gib" in full.text, step
                told += 1
            assert restoration.files() in ({}, FILES), step
            assert restoration.run().code == 0, step
            assert restoration.files() == FILES, step
    assert told > 15, "what changes the volume is not counted"
