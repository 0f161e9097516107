"""Restores a volume. Exit code 0: the node may start; 1: a later run may do better; 2: the archive is refused."""

from __future__ import annotations

import argparse
import errno
import hashlib
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from . import FailedError, RefusedError, say
from .cloud_storage import CloudStorage, GoneError, Object
from .extraction import PROGRESS_SECONDS, extract
from .volume import Note, Volume, read_note, remove, write_note

MARGIN_BYTES = 64 << 20
REPLACED_AT_MOST = 3


def main(arguments: list[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="restore_archive", description=__doc__)
    parser.add_argument("--bucket", required=True)
    parser.add_argument("--object", required=True)
    parser.add_argument("--sha256", required=True, help="of the archive as it is stored, in lower-case hexadecimals")
    parser.add_argument("--volume", type=Path, default=Path("/data"))
    # The last three are for tests, which have no Google at hand.
    parser.add_argument("--storage", default="https://storage.googleapis.com")
    parser.add_argument("--metadata-server", default="http://metadata.google.internal")
    parser.add_argument("--pause-seconds", type=float, default=1.0)
    given = parser.parse_args(arguments)
    volume = Volume(given.volume)
    storage = CloudStorage(
        storage=given.storage, metadata_server=given.metadata_server, pause_seconds=given.pause_seconds
    )
    try:
        if not volume.is_settled():
            _restore(volume, storage, bucket=given.bucket, name=given.object, sha256=given.sha256)
    except RefusedError as error:
        say(f"refused: {error}")
        return 2
    except FailedError as error:
        say(f"failed: {error}. The next start goes on from what is there")
        return 1
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        say(f"failed: the volume is full: raise node.disk_gib ({error})" if full else f"failed: {error}")
        return 1
    return 0


def _restore(volume: Volume, storage: CloudStorage, *, bucket: str, name: str, sha256: str) -> None:
    volume.work.mkdir(exist_ok=True)
    # Whatever is unpacked was never completed, and takes space that is counted below.
    remove(volume.extracted)
    object, at_once = _fetched(volume, storage, bucket=bucket, name=name, sha256=sha256)
    try:
        _verify(volume.part, object, sha256, at_once=at_once)
        say("the checksum is right; unpacks")
        extract(volume.part, volume.extracted)
    except RefusedError as error:
        volume.begin_anew()
        write_note(volume.refused, {**_note(object), "sha256": sha256, "reason": str(error)})
        raise
    now = datetime.now(UTC).isoformat(timespec="seconds")
    write_note(volume.complete, {**_note(object), "sha256": sha256, "restored_at": now})
    volume.put_in_place()


def _fetched(volume: Volume, storage: CloudStorage, *, bucket: str, name: str, sha256: str) -> tuple[Object, bool]:
    """The object that is whole in the part now, and whether this run has fetched all of it."""
    for _ in range(REPLACED_AT_MOST):
        try:
            object = storage.describe(bucket, name)
            _not_refused_before(volume, object, sha256)
            return object, _fetch(volume, storage, object)
        except GoneError:
            _still_there(storage, bucket, name)
            say(f"gs://{bucket}/{name} was replaced while it was fetched")
    raise FailedError(f"gs://{bucket}/{name} was replaced {REPLACED_AT_MOST} times while it was fetched")


def _still_there(storage: CloudStorage, bucket: str, name: str) -> None:
    try:
        storage.describe(bucket, name)
    except GoneError as error:
        raise FailedError(f"gs://{bucket}/{name} is not there: it never was, or it was deleted ({error})") from error


def _not_refused_before(volume: Volume, object: Object, sha256: str) -> None:
    refused = read_note(volume.refused)
    reason = refused.pop("reason", "")
    if refused == {**_note(object), "sha256": sha256}:
        raise RefusedError(
            f"{reason}. It is not fetched a second time: correct node.snapshot.archive, or upload it again"
        )


def _fetch(volume: Volume, storage: CloudStorage, object: Object) -> bool:
    have = volume.part.stat().st_size if volume.part.exists() else 0
    kept = read_note(volume.object)
    if kept != _note(object) or have > object.size:
        if kept:
            say(f"{have} bytes of generation {kept.get('generation')} are there, and it is {object} now: begins anew")
        volume.begin_anew()
        write_note(volume.object, _note(object))
        have = 0
    # What is unpacked is at least as large as what is packed; more is not known before.
    needed = 2 * object.size - have + MARGIN_BYTES
    if volume.free_bytes() < needed:
        raise FailedError(
            f"{_gib(volume.free_bytes())} are free, and {object} needs at least {_gib(needed)} more while it is "
            f"restored: raise node.disk_gib"
        )
    say(f"fetches {object}: {_gib(object.size)}, of which {_gib(have)} are there")
    begin, shown, position = have, time.monotonic(), have
    with volume.part.open("ab") as file:
        for chunk in storage.read(object, have):
            file.write(chunk)
            position += len(chunk)
            if time.monotonic() - shown > PROGRESS_SECONDS:
                shown = time.monotonic()
                say(f"fetched {position} of {object.size} bytes, {position * 100 // object.size} %")
    return begin == 0


def _verify(part: Path, object: Object, sha256: str, *, at_once: bool) -> None:
    say(f"all {object.size} bytes are there; checks them")
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found == sha256:
        return
    wrong = f"the SHA-256 of {object} is {found}, and node.snapshot.archive.sha256 is {sha256}"
    if at_once:
        raise RefusedError(wrong)
    # Its pieces are from several runs; a machine may have died in between and left a hole.
    remove(part)
    raise FailedError(f"{wrong}; it was fetched in pieces, so the next start fetches it anew")


def _note(object: Object) -> Note:
    return {"bucket": object.bucket, "object": object.name, "generation": object.generation}


def _gib(size: int) -> str:
    return f"{size / (1 << 30):.1f} GiB"


def _stop(*_: object) -> None:
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    # The first process of a container gets no signal that it has not asked for.
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(main(sys.argv[1:]))
