"""One squid, run as its pod runs it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from sandbox.egress.errors import LaboratoryError
from sandbox.egress.namespaces import Namespace
from sandbox.egress.roots import SquidRoot

USER = 13
"""User and group `proxy` of the Debian and Ubuntu packages."""
CONF = "squid.conf"
MOUNT = "/etc/egress-proxy"
_HERE = Path(__file__).parent
_START_SECONDS, _END_SECONDS = 20.0, 5.0
_LISTEN = "0A"
"""A state in /proc/net/tcp."""


class Proxy:
    """A squid in a network namespace: process 1 of its own, no capabilities, read-only root, three writable folders."""

    def __init__(
        self, namespace: Namespace, folder: Path, conf: str, squid: SquidRoot, files: Mapping[str, str], pod: Path
    ) -> None:
        """Starts it and waits until it listens. `files` lie beside the configuration; `pod` has what kubelet mounts.

        Raises LaboratoryError with what squid said if it ends or does not listen.
        """
        self.namespace = namespace
        self.address = namespace.address
        self.port = listening_port(conf)
        self.squid = squid
        self._lines: list[str] = []
        self._complaints: list[str] = []
        _write(folder, conf, files, pod)
        with (folder / "pod" / "hosts").open("a", encoding="ascii") as hosts:
            hosts.write(f"{self.address}\t{(pod / 'hostname').read_text(encoding='ascii')}")
        self._process = _started(namespace, folder, squid, self._lines, self._complaints)
        try:
            self.pid = self._wait_until_it_listens()
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        """As workloads name it in `http_proxy`."""
        return f"http://{self.address}:{self.port}"

    def raw_log(self) -> list[str]:
        """What it has written to stdout, by line."""
        return list(self._lines)

    def log(self) -> list[dict[str, Any]]:
        """The same, parsed; ValueError for a line that is not JSON."""
        return [json.loads(line) for line in self.raw_log()]

    def complaints(self) -> str:
        """What it has written to stderr, its `cache_log`."""
        return "".join(f"{line}\n" for line in self._complaints)

    def running(self) -> bool:
        """Whether squid has not ended."""
        return self._process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Sends squid itself a signal; nothing if it has ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM, as kubelet sends it."""
        self.signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL, as the kernel sends it to a pod without memory."""
        self.signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, of one that was killed not 0; TimeoutExpired after `timeout` seconds."""
        return self._process.wait(timeout)

    def resident_kib(self) -> int:
        """Resident memory, in KiB."""
        return int(psutil.Process(self.pid).memory_info().rss) // 1024

    def close(self) -> None:
        """Kills it, with its namespaces of processes and mounts."""
        try:
            # Process 1 takes every process of its own along, and unshare, which waits for it, leaves nothing to reap.
            for one in psutil.Process(self._process.pid).children():
                one.kill()
            self._process.wait(_END_SECONDS)
        except (psutil.NoSuchProcess, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()

    def _wait_until_it_listens(self) -> int:
        deadline = time.monotonic() + _START_SECONDS
        while self.running() and time.monotonic() < deadline:
            # Not by a connection, which squid would write into its log.
            if self._listens():
                return int(psutil.Process(self._process.pid).children()[0].pid)
            time.sleep(0.02)
        what = f"does not listen on port {self.port}" if self.running() else f"ended with {self._process.poll()}"
        time.sleep(0.1)  # for what it still has to say
        raise LaboratoryError(f"squid {self.squid.version} {what}; it said:\n{self.complaints()}")

    def _listens(self) -> bool:
        wanted = f":{self.port:04X}"
        for table in ("tcp", "tcp6"):
            with contextlib.suppress(OSError):
                rows = Path(f"/proc/{self._process.pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]
                if any(row.split()[1].endswith(wanted) and row.split()[3] == _LISTEN for row in rows):
                    return True
        return False


def listening_port(conf: str) -> int:
    """The first port that a squid.conf listens on. Raises LaboratoryError if there is none."""
    found = re.search(r"^http_port\s+(?:\S+:)?(\d+)", conf, re.MULTILINE)
    if found is None:
        raise LaboratoryError("the squid.conf has no http_port")
    return int(found[1])


def _write(folder: Path, conf: str, files: Mapping[str, str], pod: Path) -> None:
    """A new folder for container.sh. The files are root's and everybody may read them, as those of a ConfigMap."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(pod, folder / "pod")
    (folder / "root").mkdir()
    (folder / "files").mkdir(mode=0o755)
    for name, text in {CONF: conf, **files}.items():
        file = folder / "files" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o644)


def _started(
    namespace: Namespace, folder: Path, squid: SquidRoot, lines: list[str], complaints: list[str]
) -> subprocess.Popen[str]:
    program = ["unshare", "--mount", "--ipc", "--uts", "--pid", "--fork", "--kill-child", "--"]
    setting_up = ["sh", str(_HERE / "container.sh"), str(folder), str(squid.path), str(USER)]
    stepping_down = [sys.executable, str(_HERE / "stepping_down.py")]
    command = [squid.program, "-N", "-f", f"{MOUNT}/{CONF}"]
    readers, writers = [], []
    for heard in (lines, complaints):
        reading, writing = os.pipe()
        # /dev/stdout is opened anew by squid, which only the pipe's owner may: runc changes the owner of a container's
        # streams to its user, too (fixStdioPermissions).
        os.fchown(writing, USER, USER)
        writers.append(writing)
        readers.append(threading.Thread(target=_read, args=(reading, heard), daemon=True))
    try:
        process = namespace.spawn(
            ["setpriv", "--pdeathsig", "KILL", "--", *program, *setting_up, *stepping_down, *command],
            # This Python may need it; squid gets an environment of its own.
            environment={name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ},
            stdout=writers[0],
            stderr=writers[1],
        )
    finally:
        for writing in writers:
            os.close(writing)
        for reader in readers:
            reader.start()
    return process


def _read(descriptor: int, heard: list[str]) -> None:
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as stream:
        for line in stream:
            heard.append(line.rstrip("\n"))
