"""Becomes a command below another root, as a user who may do nothing: what a container runtime does last.

Run as `python -IS stepping_down.py ROOT USER COMMAND...` by container.sh. In Python, because after `chroot` the other
root's programs are all there is, and an image need not have setpriv.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PDEATHSIG, _CAPBSET_DROP, _NO_NEW_PRIVS, _CAP_AMBIENT, _AMBIENT_CLEAR_ALL = 1, 24, 38, 47, 4
_CAPABILITY_VERSION_3 = 0x20080522
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _prctl(what: int, value: int) -> None:
    if libc.prctl(what, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), f"prctl {what} {value}")


if __name__ == "__main__":
    libc = ctypes.CDLL(None, use_errno=True)
    root, user, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    os.chroot(root)
    os.chdir("/")
    os.umask(0o022)
    _prctl(_CAP_AMBIENT, _AMBIENT_CLEAR_ALL)
    capability = 0
    # Past the last one that this kernel knows, it says EINVAL.
    while not libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0):
        capability += 1
    os.setgroups([user])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    if libc.capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), "capset")
    _prctl(_NO_NEW_PRIVS, 1)
    # A change of user forgets it, so it comes last.
    _prctl(_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)  # Python's own choice would be inherited
    for folder in PATH.split(":"):
        # Not os.execvpe, which imports modules that are not below this root.
        if os.path.lexists(program := f"{folder}/{command[0]}"):
            os.execve(program, command, {"PATH": PATH})  # noqa: S606 - that is the point
    raise FileNotFoundError(command[0])
