"""Loopback ports: chosen once, remembered, and never taken from somebody else."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from sandbox.controlplane.errors import ControlPlaneError
from sandbox.controlplane.files import write_private

# Below every system's ephemeral range, so that no outgoing connection takes a remembered port while the sandbox is
# stopped, and below Kubernetes' node ports, so that the two are not mixed up in a message.
_FIRST, _LAST = 20_000, 29_999
_TRIES = 2_000
# A process that was killed a moment ago may hold its port until its last thread has ended.
_LETTING_GO_SECONDS = 1.0


def free_ports(count: int) -> list[int]:
    """`count` different free loopback ports. All are held until the last is found; raises ControlPlaneError if none."""
    chance = random.SystemRandom()
    with contextlib.ExitStack() as stack:
        found: list[int] = []
        for _ in range(_TRIES):
            if len(found) == count:
                return found
            port = chance.randint(_FIRST, _LAST)
            listener = _listen(port)
            if listener is not None:
                stack.enter_context(listener)
                found.append(port)
    raise ControlPlaneError(
        f"No {count} free ports between {_FIRST} and {_LAST} on 127.0.0.1. Stop some servers first."
    )


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    listener = _listen(port)
    if listener is None:
        return False
    listener.close()
    return True


def remembered_ports(
    file: Path, names: Sequence[str], published: Mapping[str, int], said: Callable[[str], None]
) -> dict[str, int]:
    """The port of each name: those in `file` as they are, new ones for the rest, written back.

    A damaged file is replaced, and that is said. `published` ports (the API server's, which kubeconfigs name) are
    then kept; the others are known to nobody outside, and new ones do.
    """
    known = _read(file, said) or dict(published)
    missing = [name for name in names if name not in known]
    if not missing:
        return {name: known[name] for name in names}
    candidates = [port for port in free_ports(len(missing) + len(known)) if port not in known.values()]
    ports = {**known, **dict(zip(missing, candidates, strict=False))}
    write_private(file, json.dumps(ports, indent=2) + "\n")
    return {name: ports[name] for name in names}


def refuse_taken(ports: Mapping[str, int], root: Path) -> None:
    """Raises ControlPlaneError if something listens on one of these ports, naming it and the ways out."""
    deadline = time.monotonic() + _LETTING_GO_SECONDS
    while taken := {name: port for name, port in ports.items() if not is_free(port)}:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    else:
        return
    lines = "\n".join(f"    port {port} of {name} is taken by {_holder(port)}" for name, port in taken.items())
    raise ControlPlaneError(
        f"The sandbox in {root} cannot start:\n{lines}\n"
        f"It keeps its ports from one start to the next, because the stack's kubeconfig names the API server's. "
        f"Nothing was started or changed. Stop that program and run the same command again; or give the sandbox "
        f"up and begin a new one: make down, then remove {root}."
    )


def _listen(port: int) -> socket.socket | None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # As Go's servers do, or a closed connection's TIME_WAIT would pass for a server.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        # Binding alone lets a second process bind as well; listening is what excludes it.
        listener.listen(1)
    except OSError:
        listener.close()
        return None
    return listener


def _read(file: Path, said: Callable[[str], None]) -> dict[str, int]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        ports = {str(name): int(port) for name, port in content.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as problem:
        return _damaged(file, str(problem), said)
    if len(set(ports.values())) != len(ports) or not all(1024 <= port <= 65_535 for port in ports.values()):
        return _damaged(file, "not a set of different ports", said)
    return ports


def _damaged(file: Path, why: str, said: Callable[[str], None]) -> dict[str, int]:
    said(f"{file} is damaged ({why}): other ports are chosen, and running processes are restarted on them")
    return {}


def _holder(port: int) -> str:
    for process in psutil.process_iter(["pid", "name"]):
        try:
            connections = process.net_connections("tcp")
        except psutil.Error:
            continue
        if any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in connections):
            return f"{process.info['name']} (process {process.info['pid']})"
    return "a process this user may not look into"
