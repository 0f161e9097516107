"""An archive that anybody may have written."""

import zipfile
from pathlib import Path

import pytest

from operations.adapters import artifacts


def archive(path: Path, content: bytes, name: str = "check-dev.json") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
    return path


def test_one_file_is_read_and_nothing_is_unpacked(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", "é".encode())
    assert artifacts.text_in(path, "check-dev.json") == "é"
    assert list(tmp_path.iterdir()) == [path]


def test_anything_else_is_refused(tmp_path: Path) -> None:
    bomb = archive(tmp_path / "bomb.zip", b" " * (artifacts.LARGEST + 1))
    assert bomb.stat().st_size < 10_000
    damaged = archive(tmp_path / "damaged.zip", bytes(range(256)) * 100)
    content = bytearray(damaged.read_bytes())
    content[60:120] = b"x" * 60
    damaged.write_bytes(content)
    (tmp_path / "text.zip").write_text("no archive")
    for path, why in [
        (bomb, "larger"),
        (damaged, "no archive"),
        (tmp_path / "text.zip", "no archive"),
        (tmp_path / "none.zip", "there is none"),
        (archive(tmp_path / "other.zip", b"{}", "../check-dev.json"), "no archive"),
        (archive(tmp_path / "binary.zip", b"\xff\xfe"), "no text"),
    ]:
        with pytest.raises(artifacts.UnreadableError, match=why):
            artifacts.text_in(path, "check-dev.json")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_into_memory_whatever_is_asked_for_is_not_opened(tmp_path: Path, compression: int) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", compression) as opened:
        opened.writestr("check-dev.json", "{}")
    with pytest.raises(artifacts.UnreadableError, match="another way"):
        artifacts.text_in(path, "check-dev.json")
