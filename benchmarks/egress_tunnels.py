"""What open tunnels cost a proxy in memory, and how many of them one proxy carries."""

from __future__ import annotations

import asyncio
import contextlib
import re
import resource
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.egress import Proxy
from sandbox.egress.namespaces import Namespace

USED = 1_048_576
"""Bytes; squid has a buffer of 64 KiB for each direction, and fills it when the receiver is slower."""
RESERVED = 70
"""Descriptors that squid keeps for itself: with 256 it carries 93 tunnels, and the next one waits until one ends."""
PER_TUNNEL = 2


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Of one process, in KiB."""

    resident: int
    proportional: int
    """Pages that it shares with others count in part; as the kernel's PSS."""


@dataclass(frozen=True, kw_only=True)
class Tunnels:
    """A proxy's memory, by what so many tunnels do."""

    count: int
    none: Memory
    silent: Memory
    """All open, and no byte has gone through."""
    used: Memory
    """The same ones, after USED bytes in each direction of each."""

    def kib_each(self, state: str) -> float:
        """Proportional memory of each further tunnel, `silent` or `used`."""
        memory: Memory = getattr(self, state)
        return (memory.proportional - self.none.proportional) / self.count


def memory(pid: int) -> Memory:
    """Now."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    kib = {name: int(value) for name, value in re.findall(r"^(Rss|Pss):\s+(\d+) kB$", text, re.MULTILINE)}
    return Memory(resident=kib["Rss"], proportional=kib["Pss"])


def open_tunnels(pods: Sequence[Namespace], proxy: Proxy, name: str, count: int) -> Tunnels:
    """Opens them to an echo server from the pods in turn, uses each, and closes them all.

    Raises ConnectionError if one is refused.
    """
    allow_descriptors(2 * count + 200)
    none = memory(proxy.pid)
    with contextlib.ExitStack() as stack:
        opened = []
        for number in range(count):
            opened.append(stack.enter_context(pods[number % len(pods)].connect(proxy.address, proxy.port)))
            _connect(opened[-1], name)
        silent = memory(proxy.pid)
        for connection in opened:
            _use(connection)
        used = memory(proxy.pid)
    return Tunnels(count=count, none=none, silent=silent, used=used)


@contextlib.contextmanager
def echoing(namespace: Namespace) -> Iterator[None]:
    """A server on port 443 of the namespace's address that sends back whatever it gets."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while part := await reader.read(USED):
                writer.write(part)
                await writer.drain()
        writer.close()

    listening = namespace.new_socket(socket.AF_INET)
    listening.bind((namespace.address, 443))
    loop = asyncio.new_event_loop()
    loop.run_until_complete(asyncio.start_server(echo, sock=listening, backlog=1_024))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        listening.close()


def _connect(connection: socket.socket, name: str) -> None:
    connection.sendall(f"CONNECT {name}:443 HTTP/1.1\r\nHost: {name}:443\r\n\r\n".encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        if not (part := connection.recv(4096)):
            break
        head += part
    if head.split(b" ")[1:2] != [b"200"]:
        raise ConnectionError(f"a tunnel was refused: {head!r}")


def _use(connection: socket.socket) -> None:
    sender = threading.Thread(target=connection.sendall, args=(b"x" * USED,))
    sender.start()
    received = 0
    while received < USED:
        received += len(connection.recv(USED)) or sys.exit("a tunnel ended while it was used")
    sender.join()


def allow_descriptors(count: int) -> None:
    """Lets this process open so many files, or as many as it may; never fewer than it could."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, min(count, most)), most))


def carried(descriptors: int) -> int:
    """How many tunnels so many descriptors are enough for."""
    return (descriptors - RESERVED) // PER_TUNNEL


def descriptors(conf: str) -> int:
    """`max_filedescriptors` of a squid.conf."""
    found = re.search(r"^max_filedescriptors (\d+)$", conf, re.MULTILINE)
    if found is None:
        raise ValueError("the squid.conf has no max_filedescriptors")
    return int(found[1])
