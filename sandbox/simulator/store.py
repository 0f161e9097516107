"""What exists in the simulated cloud: one JSON file a resource, written by the gcp plugin and by the data plane."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from sandbox.layout import Layout

Origin = Literal["program", "data-plane"]


class StoreCorrupt(Exception):  # noqa: N818 - named after the state it reports
    """A file of the store does not hold a record. The message names the file and says what to do."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The simulated cloud's record {path} cannot be read: {reason}. Nothing was changed. "
            f'Repair the file; or move it away, run `make pulumi ARGS="refresh --yes"`, which takes the resource it '
            f"held out of the state, and then `make up`, which makes it again."
        )
        self.path = path


class StoreUnwritable(Exception):  # noqa: N818 - named after the state it reports
    """The store's folder refuses a write (disk full, permissions). Nothing was changed."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The simulated cloud could not write {path}: {reason}. What was stored before is kept. "
            f"Free space or mend the permissions, then run the same command again."
        )


@dataclass(frozen=True, kw_only=True)
class Record:
    """One resource of the simulated cloud.

    `type` is the Pulumi type token, `id` Google's form (`projects/P/locations/L/clusters/N`). `outputs` holds every
    property, inputs included, under its camelCase wire name; whole numbers are ints.
    """

    type: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    origin: Origin = "program"


class Store:
    """The records of one sandbox. Safe to use from several processes and threads at once."""

    def __init__(self, layout: Layout) -> None:
        self.folder = layout.simulator / "resources"
        self._lock_path = layout.simulator / "lock"
        self._within = threading.RLock()
        self._depth = 0
        self._lock_file = -1

    def put(self, record: Record) -> None:
        """Write `record`, replacing the one with the same id. Atomic: a reader sees the old one or the new one.

        Raises StoreUnwritable.
        """
        with self.exclusive():
            self._write(self.file(record.id), json.dumps(asdict(record), indent=1, sort_keys=True))

    def get(self, id: str) -> Record | None:
        """The record with this id, or None. Raises StoreCorrupt."""
        return self._read(self.file(id))

    def all(self, type: str | None = None) -> list[Record]:
        """Every record, or every record of one type token, sorted by id. Raises StoreCorrupt."""
        records = (self._read(path) for path in self.folder.glob("*.json"))
        return sorted((r for r in records if r and type in (None, r.type)), key=lambda r: r.id)

    def delete(self, id: str) -> bool:
        """Remove the record with this id. False when there was none. Raises StoreUnwritable."""
        with self.exclusive():
            try:
                self.file(id).unlink()
            except FileNotFoundError:
                return False
            except OSError as error:
                raise StoreUnwritable(self.file(id), error.strerror or str(error)) from None
            return True

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the store against every other writer, for read-modify-write. May be nested on one Store object."""
        with self._within:
            if self._depth == 0:
                self._lock_file = self._take_lock()
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    os.close(self._lock_file)

    def _take_lock(self) -> int:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreUnwritable(self._lock_path, error.strerror or str(error)) from None
        fcntl.flock(handle, fcntl.LOCK_EX)
        return handle

    def file(self, id: str) -> Path:
        """Where the record with this id stands, or would."""
        return self.folder / f"{hashlib.sha256(id.encode()).hexdigest()}.json"

    def _write(self, path: Path, text: str) -> None:
        temporary: Path | None = None
        try:
            handle, name = tempfile.mkstemp(dir=self.folder, prefix=".new-")
            temporary = Path(name)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            if temporary:
                temporary.unlink(missing_ok=True)
            raise StoreUnwritable(path, error.strerror or str(error)) from None

    def _read(self, path: Path) -> Record | None:
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreCorrupt(path, error.strerror or str(error)) from None
        except ValueError as error:
            raise StoreCorrupt(path, f"not JSON ({error})") from None
        if (wrong := _wrong_shape(value)) is not None:
            raise StoreCorrupt(path, wrong)
        record = Record(**value)
        if self.file(record.id) != path:
            raise StoreCorrupt(path, f"it holds {record.id}, which belongs in another file")
        return record


def _wrong_shape(value: object) -> str | None:
    expected: dict[str, type] = {"type": str, "id": str, "inputs": dict, "outputs": dict, "origin": str}
    if not isinstance(value, dict) or set(value) != set(expected):
        return f"it must hold exactly {', '.join(sorted(expected))}"
    for name, kind in expected.items():
        if not isinstance(value[name], kind):
            return f"`{name}` must be a {kind.__name__}"
    if value["origin"] not in ("program", "data-plane"):
        return f"`origin` is {value['origin']!r}, expected program or data-plane"
    return None
