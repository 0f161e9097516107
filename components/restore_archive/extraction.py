"""The database out of the archive, and nothing else: no other path, no link, and nobody's identity."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import re
import tarfile
import time
import zlib
from pathlib import Path, PurePosixPath

from . import RefusedError, say
from .volume import DATABASE, holds_files, synchronise

PROGRESS_SECONDS = 15
CHUNK_BYTES = 1 << 20
END = bytes(1024)
"""Two blocks of zeros, which every tar ends with."""

# Substrate keeps the key of its peer id at chains/ID/network/secret_ed25519, and keys of a validator in
# chains/ID/keystore, a folder that every node makes.
NODE_KEY = re.compile(r"node[-_]?key|secret_ed25519", re.IGNORECASE)
KEYSTORE = "keystore"


def extract(archive: Path, into: Path) -> None:
    """Unpacks `chains` below `into`, and returns when all of it is on disk.

    The form is told by the content: tar, tar.gz or tar.xz. Raises RefusedError for an archive that is broken, that has
    no `chains`, or that has anything in it that it must not have; OSError as it comes, such as of a full disk.
    """
    try:
        with archive.open("rb") as file:
            ignored = _unpack(file, archive.stat().st_size, into)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError) as error:
        raise RefusedError(f"the archive is no whole tar, tar.gz or tar.xz: {error}") from error
    if not holds_files(into / DATABASE):
        raise RefusedError(
            f"the archive has no file below {DATABASE}/ at its top; make it in the base path: tar -cf X {DATABASE}"
        )
    if ignored:
        say(f"left out {len(ignored)} files outside of {DATABASE}/, such as {ignored[0]}")
    _synchronise_all(into)


class _Tail(io.BufferedIOBase):
    """Passes a stream on, and keeps its last bytes."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self.last = b""

    def read(self, size: int | None = -1, /) -> bytes:
        found = self._stream.read(-1 if size is None else size)
        self.last = (self.last + found)[-len(END) :]
        return found


def _unpack(file: io.BufferedReader, size: int, into: Path) -> list[str]:
    """The files that were left out."""
    ignored: list[str] = []
    shown = time.monotonic()
    stream = _Tail(_uncompressed(file))
    # One pass from the beginning to the end: compressed archives know no other way.
    with tarfile.open(fileobj=stream, mode="r|", bufsize=CHUNK_BYTES) as members:
        for member in members:
            path = _judged(member)
            if path.parts[:1] == (DATABASE,):
                members.extract(member, into, filter="data")
            elif member.isreg():
                ignored.append(str(path))
            if time.monotonic() - shown > PROGRESS_SECONDS:
                shown = time.monotonic()
                say(f"unpacked {file.tell() * 100 // size} % of the archive")
    # tarfile takes an end between two files for the end of the archive, and would make a database with files missing.
    while stream.read(CHUNK_BYTES):
        pass
    if stream.last != END:
        raise EOFError("it ends before its end")
    return ignored


def _uncompressed(file: io.BufferedReader) -> io.BufferedIOBase:
    magic = file.read(6)
    file.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    return lzma.LZMAFile(file) if magic == b"\xfd7zXZ\0" else file


def _judged(member: tarfile.TarInfo) -> PurePosixPath:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        raise RefusedError(f"{member.name!r} in the archive leads out of it")
    if not (member.isreg() or member.isdir()):
        raise RefusedError(f"{member.name!r} in the archive is neither a file nor a folder; a database has no links")
    if member.isreg() and (NODE_KEY.match(path.name) or KEYSTORE in path.parts):
        raise RefusedError(
            f"{member.name!r} in the archive is a key: every node that is restored from it would have one identity. "
            f"Make the archive without it, and give the key up if others could read it"
        )
    return path


def _synchronise_all(folder: Path) -> None:
    for parent, _, files in os.walk(folder):
        for name in files:
            synchronise(Path(parent, name))
        synchronise(Path(parent))
