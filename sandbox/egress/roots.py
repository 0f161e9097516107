"""Where a squid can be had: this machine's own, Debian 13's in the tool cache, and one that the environment names."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.egress.errors import LaboratoryError
from sandbox.toolchain.pins import cache_folder

NAMES = ("squid", "squid-gnutls", "squid-openssl")
"""What packages call the program; `squid` may be a link that only works inside its own root."""
TRIXIE = "squid-trixie"
"""Folder of the tool cache that holds Debian 13's."""
_VERSION = re.compile(r"Squid Cache: Version (\d+\.\d+)")


@dataclass(frozen=True, kw_only=True)
class SquidRoot:
    """A root file system with a squid in it."""

    path: Path
    program: str
    """As it is called inside, found in /usr/sbin."""
    version: str
    """As `6.13`."""

    def __str__(self) -> str:
        return self.version

    @property
    def major(self) -> int:
        """5 or 6."""
        return int(self.version.split(".")[0])


def squid_roots(environment: Mapping[str, str] | None = None) -> list[SquidRoot]:
    """Those that there are, one for each path. EGRESS_SQUID_ROOT adds one; EGRESS_SQUID_ONLY=1 leaves that one alone.

    Raises LaboratoryError if the one that the environment names has no squid that runs.
    """
    environment = os.environ if environment is None else environment
    named = environment.get("EGRESS_SQUID_ROOT")
    found = [] if environment.get("EGRESS_SQUID_ONLY") == "1" else [Path("/"), cache_folder(environment) / TRIXIE]
    roots = [root for root in map(root_at, found) if root is not None]
    if named:
        root = root_at(Path(named).resolve())
        if root is None:
            raise LaboratoryError(f"EGRESS_SQUID_ROOT={named} has no squid in /usr/sbin that tells its version")
        if root.path not in [one.path for one in roots]:
            roots.append(root)
    return roots


def root_at(path: Path) -> SquidRoot | None:
    """The squid below `path`, or None without one. Only root can ask one that is not this machine's own."""
    program = next((name for name in NAMES if os.path.lexists(path / "usr/sbin" / name)), None)
    if program is None:
        return None
    inside = [f"/usr/sbin/{program}", "-v"]
    command = inside if path == Path("/") else ["chroot", str(path), *inside]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = _VERSION.search(asked.stdout)
    return SquidRoot(path=path, program=program, version=version[1]) if version else None
