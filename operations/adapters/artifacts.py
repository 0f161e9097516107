"""Artifacts of a pull request's run, which anybody may have written. Imports nothing but Python's own library."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

LARGEST = 5_000_000
"""Bytes of a file in an artifact, unpacked."""
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What GitHub writes. Of the others, Python unpacks a whole piece at once: a few hundred bytes become gigabytes."""

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    OSError,
    RuntimeError,
    EOFError,
    ValueError,
)
"""What Python's library raises on archives that are none, or are made to be none."""


class UnreadableError(Exception):
    """An artifact is not what our own run makes. The text quotes nothing of it."""


def text_in(archive: Path, name: str) -> str:
    """The text of the file `name` in a zip. Nothing else of it is unpacked, and nothing is written.

    Raises:
        UnreadableError: no such archive or file, one that is too large, or no text.
    """
    if not archive.is_file():
        raise UnreadableError("there is none")
    try:
        with zipfile.ZipFile(archive) as opened:
            if opened.getinfo(name).compress_type not in COMPRESSIONS:
                raise UnreadableError("it is packed in another way than ours are")
            with opened.open(name) as file:
                # Its header may say less than there is.
                content = file.read(LARGEST + 1)
    except BROKEN as error:
        raise UnreadableError("it is no archive with that file in it") from error
    if len(content) > LARGEST:
        raise UnreadableError(f"it is larger than {LARGEST} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise UnreadableError("it is no text") from error
