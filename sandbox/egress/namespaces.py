"""Network namespaces without a name: the kernel removes them with the process, however that ends."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from pathlib import Path
from typing import IO, TypeVar

from sandbox.egress.errors import LaboratoryError

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)

# What becomes of a child when this process is killed: the kernel kills it too.
_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")
# Mounts of the block are the command's own. A host's resolver (nscd, systemd-resolved) would ask the host's servers.
_OWN_NAMES = (
    "unshare", "--mount", "--", "sh", "-ec",
    'mount --bind "$0/resolv.conf" /etc/resolv.conf; mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf; exec "$@"',
)  # fmt: skip

T = TypeVar("T")


class Namespace:
    """A network namespace and the one thread that lives in it; sockets and children of that thread are in it too.

    The thread lives as long as the namespace, so that children can be told to die with it.
    """

    def __init__(self, folder: Path, *, address: str = "") -> None:
        """Makes one with nothing but a loopback device. `folder` has resolv.conf and nsswitch.conf for its commands.

        Raises LaboratoryError if the kernel refuses.
        """
        self.address = address
        self._folder = folder
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="namespace")
        try:
            self.path = self.inside(_unshare)
            self.batch(["link set lo up"])
        except BaseException:
            self.close()
            raise

    def inside(self, call: Callable[[], T]) -> T:
        """What `call` returns, run in this namespace. It must not block: nothing else runs there meanwhile."""
        return self._thread.submit(call).result()

    def start(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        stdin: int | None = subprocess.DEVNULL,
        stdout: int | IO[bytes] | None = subprocess.PIPE,
        stderr: int | IO[bytes] | None = subprocess.PIPE,
    ) -> subprocess.Popen[str]:
        """Starts a command whose names come from the laboratory's DNS. Without proxy variables unless given some."""
        command = [*_WITH_US, *_OWN_NAMES, str(self._folder), *argv]
        return self.spawn(command, environment=environment, stdin=stdin, stdout=stdout, stderr=stderr)

    def spawn(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        stdin: int | None = subprocess.DEVNULL,
        stdout: int | IO[bytes] | None = subprocess.PIPE,
        stderr: int | IO[bytes] | None = subprocess.PIPE,
    ) -> subprocess.Popen[str]:
        """Starts a command with the machine's own files."""
        variables = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self._folder),
            "LC_ALL": "C",
            # iptables takes a lock of the whole machine otherwise, and two laboratories would wait for each other.
            "XTABLES_LOCKFILE": str(self._folder / "xtables.lock"),
            **(environment or {}),
        }
        return self.inside(
            lambda: subprocess.Popen(
                list(argv), env=variables, stdin=stdin, stdout=stdout, stderr=stderr, text=True, errors="replace"
            )
        )

    def run(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        timeout: float | None = 30,
        text: str | None = None,
        check: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command as `start` does, to its end; `text` is its input.

        Raises subprocess.TimeoutExpired after `timeout` seconds, with `check` CalledProcessError on a failure.
        """
        stdin = subprocess.DEVNULL if text is None else subprocess.PIPE
        process = self.start(argv, environment=environment, stdin=stdin)
        return _finished(process, argv, text, timeout, check)

    def batch(self, lines: Sequence[str], program: Sequence[str] = ("ip", "-batch", "-")) -> None:
        """Feeds lines to `ip -batch` or to another program. Raises LaboratoryError with what it said if it fails."""
        process = self.spawn([*_WITH_US, *program], stdin=subprocess.PIPE)
        ended = _finished(process, program, "".join(f"{line}\n" for line in lines), 30, False)
        if ended.returncode:
            raise LaboratoryError(f"{' '.join(program)} failed in a network namespace: {ended.stderr.strip()}")

    def kernel(self, parameters: Mapping[str, str]) -> None:
        """Sets parameters below /proc/sys/net, for this namespace alone."""

        def write() -> None:
            for name, value in parameters.items():
                (Path("/proc/sys/net") / name).write_text(value, encoding="ascii")

        self.inside(write)

    def new_socket(self, family: socket.AddressFamily, kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
        """A new socket that belongs to this namespace; it can be used from any thread."""
        return self.inside(lambda: socket.socket(family, kind))

    def connect(self, address: str, port: int, *, timeout: float | None = 10) -> socket.socket:
        """A connection from here to an IP address. Raises OSError as connect does; TimeoutError after `timeout` s."""
        family = socket.AF_INET if ip_address(address).version == 4 else socket.AF_INET6
        connection = self.new_socket(family)
        try:
            connection.settimeout(timeout)
            connection.connect((address, port))
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Ends the thread; the namespace goes with the last socket and process in it."""
        self._thread.shutdown(wait=True, cancel_futures=True)


def _unshare() -> str:
    if _libc.unshare(_CLONE_NEWNET):
        reason = os.strerror(ctypes.get_errno())
        raise LaboratoryError(f"the kernel makes no network namespace for this user ({reason})")
    return f"/proc/{os.getpid()}/task/{threading.get_native_id()}/ns/net"


def _finished(
    process: subprocess.Popen[str], argv: Sequence[str], text: str | None, timeout: float | None, check: bool
) -> subprocess.CompletedProcess[str]:
    with process:
        try:
            output, errors = process.communicate(text, timeout=timeout)
        except BaseException:
            process.kill()
            raise
    ended = subprocess.CompletedProcess(list(argv), process.returncode, output, errors)
    if check:
        ended.check_returncode()
    return ended
