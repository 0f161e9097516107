"""Takes over a plugin that was loaded ahead: `python -I -S takeover.py SOCKET MODULE ARGUMENTS...`.

It hands its folder, ARGUMENTS and its own outputs to the plugin that it gets from SOCKET, and ends when that one does.
Where nobody listens it becomes `python -m MODULE ARGUMENTS...`. It imports little, because the engine waits for it.
"""

import os
import signal
import socket
import sys

FOLDER_VARIABLE = "SANDBOX_READY"
"""Names the folder of the sockets, one a plugin, to the plugins' executables."""
TAKEN = b"+"
CHECK_SECONDS = 1.0
ORPHANS_PARENT = 1


def take_over(path: str, arguments: list[str]) -> socket.socket | None:
    """The connection to the plugin, which ends with it; None when there is none to take over."""
    plugin = socket.socket(socket.AF_UNIX)
    try:
        plugin.connect(path)
        message = "\0".join([os.getcwd(), *arguments])  # noqa: PTH109 - pathlib takes too long to import
        socket.send_fds(plugin, [message.encode()], [sys.stdout.fileno(), sys.stderr.fileno()])
        if plugin.recv(len(TAKEN)) == TAKEN:
            return plugin
    except OSError:
        pass
    plugin.close()
    return None


def stay(plugin: socket.socket) -> None:
    """Until the plugin ends, or the engine that started this process."""
    parent = os.getppid()
    plugin.settimeout(CHECK_SECONDS)
    while parent != ORPHANS_PARENT and os.getppid() == parent:
        try:
            plugin.recv(len(TAKEN))
        except TimeoutError:
            continue
        return


if __name__ == "__main__":
    path, module, *arguments = sys.argv[1:]
    if taken := take_over(path, arguments):
        # The engine interrupts its plugins to end them. The one behind this process sees that this one is gone.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        stay(taken)
    else:
        os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606
