"""The plugins, imported before the engine asks for them: `python -m sandbox.plugins.ready NAME=LISTENER...`.

A plugin is half a second of imports, and the engine starts it only when the first resource needs it. So the session
starts this process as early as it can. What the engine starts then is `takeover.py`, which connects here: every
connection gets a plugin of its own, forked with everything loaded.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from sandbox.ending import leave
from sandbox.plugins.servicer import Served, serve
from sandbox.plugins.takeover import TAKEN

MESSAGE_BYTES = 65536


def main(arguments: Sequence[str]) -> NoReturn:
    """Forks a plugin for every connection, until standard input ends: then whoever started this process is gone."""
    pairs = [argument.split("=") for argument in arguments]
    listeners = {socket.socket(fileno=int(listener)): name for name, listener in pairs}
    served = {name: loaded(name) for name in listeners.values()}
    # What is loaded is never collected, so that the plugins share it.
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        heard, _, _ = select.select([*listeners, sys.stdin], [], [])
        if sys.stdin in heard:
            break
        for listener, name in listeners.items():
            if listener in heard:
                taker, _ = listener.accept()
                if os.fork() == 0:
                    become(served[name], taker, listeners)
                taker.close()
    folder = next(Path(listener.getsockname()).parent for listener in listeners)
    for listener in listeners:
        Path(listener.getsockname()).unlink(missing_ok=True)
    folder.rmdir()
    leave(0)


def loaded(name: str) -> Served:
    """The plugin `name` with what its first requests will need."""
    served: Served = importlib.import_module(f"sandbox.plugins.{name}.__main__").served()
    with suppress(Exception):  # told when the engine asks for the same
        served.plugin.prepare()
    return served


def become(served: Served, taker: socket.socket, listeners: Mapping[socket.socket, str]) -> NoReturn:
    """Makes this process the plugin that `taker` was started as. It writes where that one would, and ends with it."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for listener in listeners:
            listener.close()
        message, outputs, _, _ = socket.recv_fds(taker, MESSAGE_BYTES, 2)
        folder, *arguments = message.decode().split("\0")
        os.chdir(folder)
        with Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), sys.stdin.fileno())
        for given, own in zip(outputs, (sys.stdout, sys.stderr), strict=True):
            os.dup2(given, own.fileno())
            os.close(given)
        taker.sendall(TAKEN)
        taker.setblocking(False)

        async def end() -> None:
            with suppress(OSError):
                await asyncio.get_running_loop().sock_recv(taker, len(TAKEN))

        serve(served, args=arguments, end=end)
        status = 0
    finally:
        leave(status)


if __name__ == "__main__":
    main(sys.argv[1:])
