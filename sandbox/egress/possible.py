"""Whether this machine can have the laboratory, and what to do if not."""

from __future__ import annotations

import functools
import os
import shutil
import sys
import tempfile
from pathlib import Path

from sandbox.egress.errors import LaboratoryError
from sandbox.egress.laboratory import laboratory
from sandbox.egress.roots import squid_roots

PROGRAMS = ("iptables", "iptables-restore", "ip", "ping", "curl", "jq", "unshare", "setpriv", "mount")
"""What runs in the laboratory and in its tests, beside squid."""
EXPECTED = "where that cannot be changed, EGRESS_NAMESPACES=unavailable skips the egress tests"


def require_laboratory() -> None:
    """Raises LaboratoryError, in one sentence, if there can be no laboratory here."""
    if (reason := _impossible()) is not None:
        raise LaboratoryError(f"The egress tests need network namespaces, but {reason}; {EXPECTED}.")


@functools.cache
def _impossible() -> str | None:
    if sys.platform != "linux":
        return f"this is {sys.platform}, and they are of Linux"
    if os.geteuid() != 0:
        return "this user is not root: run `sudo make test-egress`"
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        return f"{', '.join(missing)} cannot be found: run `make egress-tools`"
    try:
        if not squid_roots():
            return "there is no squid: run `make egress-tools`"
        with tempfile.TemporaryDirectory() as folder, laboratory(Path(folder) / "lab"):
            return None
    except LaboratoryError as error:
        return str(error)
