"""What is on the volume, and in which order it changes, so that a kill between any two steps loses nothing but time.

| Under the volume | Written | What it says |
|---|---|---|
| `.restore/object.json` | before the first byte | which object, in which generation, the part is of |
| `.restore/archive.part` | byte by byte | what was fetched so far |
| `.restore/extracted/` | after the checksum was right | what was unpacked so far, worth nothing by itself |
| `.restore/complete.json` | after all was unpacked and is on disk | the marker to be |
| `chains/` | renamed from `.restore/extracted/chains` | the database |
| `.restored` | renamed from `.restore/complete.json` | the marker: what this volume was restored from |
| `.restore/refused.json` | after a wrong checksum or content | which object, in which generation, not to fetch again |

So `chains` is ours only where the marker is, or where `complete.json` is and `.restore/extracted/chains` is gone.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from . import RefusedError, say

Note = dict[str, str]

DATABASE = "chains"


class Volume:
    """The node's volume, at the folder where it is mounted."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database = root / DATABASE
        self.marker = root / ".restored"
        self.work = root / ".restore"
        self.object = self.work / "object.json"
        self.part = self.work / "archive.part"
        self.extracted = self.work / "extracted"
        self.complete = self.work / "complete.json"
        self.refused = self.work / "refused.json"

    def is_settled(self) -> bool:
        """Whether there is nothing to restore; what an earlier run left half done at its end is finished first."""
        if not self.marker.exists() and self.complete.exists():
            self._go_on_from_complete()
        if self.marker.exists():
            self._tell_marker()
            if not holds_files(self.database):
                raise RefusedError(
                    f"{self.database} is empty, though this volume was restored once ({self.marker}). A node "
                    f"would begin with genesis, unnoticed. To restore anew, delete {self.marker}; to begin with "
                    "genesis, take node.snapshot.archive out of the settings."
                )
        elif holds_files(self.database):
            say(f"{self.database} was there before: this volume is left as it is")
        else:
            return False
        self._clear()
        return True

    def put_in_place(self) -> None:
        """The unpacked database becomes the node's, and then the marker is set. Repeated, it goes on."""
        ours = self.extracted / DATABASE
        if ours.exists():
            # Folders without a file are no database, and stand in the way of a rename.
            remove(self.database)
            ours.rename(self.database)
            synchronise(self.root)
        self.complete.replace(self.marker)
        synchronise(self.root)
        say(f"the database is at {self.database}, the marker at {self.marker}")
        self._clear()

    def free_bytes(self) -> int:
        """Space that is left to a user without privileges."""
        found = os.statvfs(self.root)
        return found.f_bavail * found.f_frsize

    def begin_anew(self) -> None:
        """Nothing is kept of what was fetched and unpacked."""
        remove(self.complete)
        remove(self.extracted)
        remove(self.part)
        remove(self.object)
        self.work.mkdir(exist_ok=True)

    def _go_on_from_complete(self) -> None:
        placed, unpacked = holds_files(self.database), holds_files(self.extracted / DATABASE)
        if placed != unpacked:
            say("goes on with the last steps of a restore that was stopped")
            self.put_in_place()
        elif not placed:
            say("what was restored is gone from the volume: begins anew")
            self.begin_anew()

    def _tell_marker(self) -> None:
        note = read_note(self.marker)
        origin = f"gs://{note.get('bucket')}/{note.get('object')} generation {note.get('generation')}"
        say(f"restored from {origin} at {note.get('restored_at')}: not again, whatever the settings say now")

    def _clear(self) -> None:
        if self.work.exists():
            # First, since without it nothing else in there says anything about the database.
            remove(self.complete)
            synchronise(self.work)
            remove(self.work)


def holds_files(folder: Path) -> bool:
    """Whether there is a file in the folder or below it."""
    return any(files for _, _, files in os.walk(folder))


def read_note(path: Path) -> Note:
    """The note, or an empty one where it is absent or was not written by this program."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {str(key): str(value) for key, value in content.items()} if isinstance(content, dict) else {}


def write_note(path: Path, note: Note) -> None:
    """The whole note is on disk under its name, or none of it is."""
    new = path.with_name(f"{path.name}.new")
    with new.open("w", encoding="utf-8") as file:
        json.dump(note, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    synchronise(path.parent)


def remove(path: Path) -> None:
    """A file, or a folder with all that is in it; neither need exist."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def synchronise(path: Path) -> None:
    """What was written to the file or folder is on disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
