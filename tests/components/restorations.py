"""Runs the program of the init container as the cluster does: out of its ConfigMap's files, by the same command."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import lzma
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.node_snapshot import PROGRAM, program_files
from tests.components.simulated_google import BUCKET, OBJECT, TOKEN, Google

FILES = {
    "chains/a/db/full/000001.sst": b"some blocks" * 40_000,
    "chains/a/db/full/CURRENT": b"MANIFEST-000001\n",
    "chains/a/network/peers.json": b"[]",
}

# Loaded by Python before the program: at the step of this number that changes the volume, it kills the process, or says
# that the disk is full. Folders are read from Z to A, whatever the file system's order is.
FAULTS = """
import errno, os, signal, sys

root, kind, last = os.environ["FAULT_ROOT"], os.environ["FAULT"], int(os.environ["FAULT_AT"])
changes = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "open"}
seen = 0

def look(event, arguments):
    global seen
    if event not in changes or (event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR)):
        return
    path = str(arguments[0])
    if path.startswith(root) or not path.startswith("/"):
        seen += 1
        if seen == last and kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if seen == last:
            print("fault injected", flush=True)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

sys.addaudithook(look)

unsorted = os.scandir

class Scan:
    def __init__(self, path="."):
        with unsorted(path) as found:
            self.entries = iter(sorted(found, key=lambda entry: entry.name, reverse=True))
    def __iter__(self):
        return self.entries
    def __next__(self):
        return next(self.entries)
    def __enter__(self):
        return self
    def __exit__(self, *ignored):
        pass
    close = __exit__

os.scandir = Scan
"""


PACKERS: dict[str, Callable[[bytes], bytes]] = {"": bytes, "gz": gzip.compress, "xz": lzma.compress}


def archive(files: Mapping[str, bytes] = FILES, form: str = "", members: Sequence[tarfile.TarInfo] = ()) -> bytes:
    """A tar of these files, and of further members without content; `form` is empty, gz or xz."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in members:
            tar.addfile(member)
    return PACKERS[form](packed.getvalue())


def member(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A member without content, such as a link."""
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


def sha256(content: bytes) -> str:
    """As sha256sum prints it."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a run ended; a negative `code` is a signal."""

    code: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Restoration:
    """A volume below `folder`, and the program that fills it from `google`."""

    folder: Path
    google: Google

    def __post_init__(self) -> None:
        (self.folder / PROGRAM).mkdir(parents=True)
        for name, text in program_files().items():
            (self.folder / PROGRAM / name).write_text(text)
        (self.folder / "sitecustomize.py").write_text(FAULTS)
        self.volume.mkdir()

    @property
    def volume(self) -> Path:
        return self.folder / "data"

    @property
    def part(self) -> Path:
        return self.volume / ".restore" / "archive.part"

    def files(self) -> dict[str, bytes]:
        """What is on the volume, but for what the program keeps for itself."""
        return {
            str(path.relative_to(self.volume)): path.read_bytes()
            for path in self.volume.rglob("*")
            if path.is_file() and not path.relative_to(self.volume).parts[0].startswith(".restore")
        }

    def marker(self) -> dict[str, Any] | None:
        path = self.volume / ".restored"
        return dict(json.loads(path.read_text())) if path.exists() else None

    def start(self, expected: str | None = None, fault: str = "", at: int = 0) -> subprocess.Popen[str]:
        """The running program; `expected` is the sum in the settings, that of the object by default."""
        command = [sys.executable, "-u", "-m", PROGRAM, f"--bucket={BUCKET}", f"--object={OBJECT}"]
        addresses = [f"--storage={self.google.storage}", f"--metadata-server={self.google.metadata_server}"]
        others = [f"--sha256={expected or sha256(self.google.content)}", f"--volume={self.volume}"]
        # A proxy that nobody answers at: whoever used it would fail.
        proxy = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:1")
        faults = {"FAULT": fault, "FAULT_AT": str(at), "FAULT_ROOT": str(self.volume), "PYTHONPATH": str(self.folder)}
        return subprocess.Popen(
            [*command, *addresses, *others, "--pause-seconds=0.001"],
            cwd=self.folder,
            env={**os.environ, **proxy, **faults, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, expected: str | None = None, fault: str = "", at: int = 0) -> Ended:
        """The program from its start to its end."""
        return ended(self.start(expected, fault, at))

    def killed_while_fetching(self, after: int) -> None:
        """The program, killed for good when this many bytes are on the volume and no more come."""
        self.google.stalls_after = after + (1 << 20)
        process = self.start()
        deadline = time.monotonic() + 30
        while not (self.part.exists() and self.part.stat().st_size >= after):
            assert time.monotonic() < deadline, "nothing arrives"
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        assert ended(process).code == -signal.SIGKILL
        self.google.goes_on.set()


def ended(process: subprocess.Popen[str]) -> Ended:
    """Waits for the end; nothing that a run says is a token or a traceback."""
    text, _ = process.communicate(timeout=60)
    assert TOKEN not in text
    assert "Traceback" not in text
    return Ended(code=process.returncode, text=text)
