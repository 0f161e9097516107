"""What an archive may and may not hold. What is refused is refused without a trace on the volume."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from tests.components.restorations import FILES, Ended, Restoration, archive, member
from tests.components.simulated_google import simulated_google

WHOLE_CHUNKS = 5 * (1 << 20) - 10_240
"""Bytes of a file that makes a tar of five mebibytes: a reader of whole ones has no reason to look for more."""


def restored(folder: Path, content: bytes) -> tuple[Ended, Restoration]:
    with simulated_google(content) as google:
        restoration = Restoration(folder=folder / "restore", google=google)
        return restoration.run(), restoration


def refused(folder: Path, content: bytes) -> str:
    run, restoration = restored(folder, content)
    assert run.code == 2
    assert restoration.files() == {}
    assert restoration.marker() is None
    assert sorted(path.name for path in (restoration.volume / ".restore").iterdir()) == ["refused.json"]
    assert [path.name for path in restoration.folder.parent.iterdir()] == ["restore"]
    return run.text


@pytest.mark.parametrize("form", ["", "gz", "xz"])
def test_each_form_is_unpacked(tmp_path: Path, form: str) -> None:
    run, restoration = restored(tmp_path, archive(form=form))
    assert run.code == 0
    assert restoration.files() == FILES


def test_names_may_begin_with_a_dot(tmp_path: Path) -> None:
    folders = [member(".", tarfile.DIRTYPE), member("./chains", tarfile.DIRTYPE)]
    _, restoration = restored(tmp_path, archive({f"./{name}": text for name, text in FILES.items()}, members=folders))
    assert restoration.files() == FILES


def test_what_is_beside_the_database_is_left_out_and_told_of(tmp_path: Path) -> None:
    run, restoration = restored(tmp_path, archive({**FILES, "README": b"", "tmp/x": b""}))
    assert run.code == 0
    assert "left out 2 files outside of chains/, such as README" in run.text
    assert restoration.files() == FILES


@pytest.mark.parametrize(
    "bad",
    [
        member("chains/a/link", tarfile.SYMTYPE, "/etc/passwd"),
        member("chains/a/link", tarfile.SYMTYPE, "db"),
        member("chains/a/link", tarfile.LNKTYPE, "chains/a/db/full/CURRENT"),
        member("chains/a/pipe", tarfile.FIFOTYPE),
        member("chains/a/disk", tarfile.BLKTYPE),
        member("link", tarfile.SYMTYPE, "chains"),
    ],
    ids=lambda bad: f"{bad.name} {bad.type} {bad.linkname}",
)
def test_only_files_and_folders(tmp_path: Path, bad: tarfile.TarInfo) -> None:
    text = refused(tmp_path, archive(members=[bad]))
    assert f"{bad.name!r} in the archive is neither a file nor a folder" in text


@pytest.mark.parametrize("name", ["../out", "chains/../../out", "/out", "/data/chains/out"])
def test_nothing_leads_out_of_the_archive(tmp_path: Path, name: str) -> None:
    assert f"{name!r} in the archive leads out of it" in refused(tmp_path, archive({**FILES, name: b"x"}))


@pytest.mark.parametrize(
    "name",
    [
        "node-key-p2p-nodes-prod-p2p-node-0",
        "chains/a/node_key",
        "chains/a/network/secret_ed25519",
        "chains/a/keystore/6175726105",
    ],
)
def test_nobodys_identity_is_taken_over(tmp_path: Path, name: str) -> None:
    assert f"{name!r} in the archive is a key" in refused(tmp_path, archive({**FILES, name: b"key"}))


def test_the_empty_folder_for_keys_that_every_node_makes_is_no_key(tmp_path: Path) -> None:
    run, _ = restored(tmp_path, archive(members=[member("chains/a/keystore", tarfile.DIRTYPE)]))
    assert run.code == 0


@pytest.mark.parametrize("files", [{}, {"db/full/CURRENT": b"x"}, {"data/chains/a/db": b"x"}, {"chains": b"x"}])
def test_an_archive_without_a_database_is_refused(tmp_path: Path, files: dict[str, bytes]) -> None:
    assert "no file below chains/ at its top" in refused(tmp_path, archive(files))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>404</html>" * 100,
        archive()[:100_000],
        archive(form="gz")[:1_000],
        archive(form="gz")[:-4],
        archive(form="gz")[:-8] + bytes(8),
        archive({"chains/x": bytes(WHOLE_CHUNKS)}, form="gz")[:-8] + bytes(8),
        archive(form="xz")[:-100],
        archive({"chains/x": bytes(512)})[:1024],
        archive({"chains/x": b"x" * 512})[:1024],
        archive({"chains/x": b"x" * 512, "chains/y": b""})[:1300],
    ],
    ids=[
        "empty",
        "no tar",
        "half a tar",
        "half a tar.gz",
        "a tar.gz without its end",
        "a tar.gz with a wrong sum",
        "a tar.gz with a wrong sum behind its last chunk",
        "half a tar.xz",
        "one file of zeros",
        "all files but without an end",
        "half a header",
    ],
)
def test_what_is_no_whole_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "no whole tar, tar.gz or tar.xz" in refused(tmp_path, content)
