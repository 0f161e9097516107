"""`make egress-tools`: what the laboratory needs, by apt-get, and Debian 13's squid in the tool cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.egress.errors import LaboratoryError
from sandbox.egress.possible import EXPECTED, PROGRAMS
from sandbox.egress.roots import NAMES, squid_roots
from sandbox.egress.trixie import fetch

PACKAGES = {
    "iptables": "iptables",
    "iptables-restore": "iptables",
    "ip": "iproute2",
    "ping": "iputils-ping",
    "curl": "curl",
    "jq": "jq",
    "unshare": "util-linux",
    "setpriv": "util-linux",
    "mount": "mount",
    "squid": "squid",
    "debootstrap": "debootstrap",
    "gpgv": "gpgv",
    "keyring": "debian-archive-keyring",
}
"""Debian's and Ubuntu's package of each thing that may be missing."""
FETCHING = ("debootstrap", "gpgv", "keyring")
"""What it takes to fetch a further squid, of PACKAGES."""
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_POLICY = Path("/usr/sbin/policy-rc.d")
_NO_SERVICE = "#!/bin/sh\n# Of p2p-nodes' make egress-tools, which removes it.\nexit 101\n"
_WANTED = 6

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What this machine is and has."""

    platform: str
    root: bool
    apt: bool
    found: Collection[str]
    """Of the keys of PACKAGES, those that are there."""


def missing_packages(machine: Machine, needed: Sequence[str]) -> list[str]:
    """The packages to install for these keys of PACKAGES, sorted.

    Raises LaboratoryError, in one sentence, if they cannot be installed here or would be of no use.
    """
    if machine.platform != "linux":
        raise LaboratoryError(f"The egress tests need Linux, and this is {machine.platform}; {EXPECTED}.")
    packages = sorted({PACKAGES[name] for name in needed if name not in machine.found})
    if not machine.root:
        also = f" and to install {', '.join(packages)}" if packages else ""
        raise LaboratoryError(
            f"The egress tests need root for network namespaces{also}: run `sudo make test-egress`; {EXPECTED}."
        )
    if packages and not machine.apt:
        raise LaboratoryError(
            f"Install {', '.join(packages)} (names as in Debian) and run the same command again: there is no apt-get "
            f"here; {EXPECTED}."
        )
    return packages


def provide(environment: Mapping[str, str], say: Say) -> None:
    """Finds or installs everything, and says which squids there are. Raises LaboratoryError if it cannot."""
    if environment.get("EGRESS_NAMESPACES") == "unavailable":
        say("egress: nothing is installed, EGRESS_NAMESPACES=unavailable")
        return
    only = environment.get("EGRESS_SQUID_ONLY") == "1"
    machine = look()
    _install_missing(machine, [*PROGRAMS, *([] if only else ["squid"])], say)
    # Only now: where the system's own squid is new enough, no other is fetched.
    if not only and not any(root.major >= _WANTED for root in squid_roots(environment)):
        try:
            _install_missing(machine, FETCHING, say)
            fetch(environment, KEYRING, say)
        except LaboratoryError as error:
            say(f"WARNING: {error} The egress tests go on WITHOUT squid {_WANTED}.x, which the image runs.")
    for root in squid_roots(environment):
        say(f"egress: squid {root.version} in {root.path}")


def _install_missing(machine: Machine, needed: Sequence[str], say: Say) -> None:
    if packages := missing_packages(machine, needed):
        say(f"egress: installing {' '.join(packages)}")
        install(packages)


def look() -> Machine:
    """This machine."""
    found = {name for name in PACKAGES if shutil.which(name) is not None}
    if any(os.path.lexists(f"/usr/sbin/{name}") for name in NAMES):
        found.add("squid")
    if KEYRING.exists():
        found.add("keyring")
    return Machine(
        platform=sys.platform, root=os.geteuid() == 0, apt=shutil.which("apt-get") is not None, found=frozenset(found)
    )


def install(packages: Sequence[str]) -> None:
    """By apt-get. No service of theirs is started, now or when the machine starts. Raises LaboratoryError."""
    with _no_service_starts():
        _apt("update", "-qq")
        _apt("install", "-qq", "--yes", "--no-install-recommends", *packages)
    if "squid" in packages and Path("/run/systemd/system").is_dir():
        subprocess.run(["systemctl", "disable", "squid.service"], capture_output=True, check=False)


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """What Debian's maintainer scripts ask before they start a service says no, unless it is there and decides."""
    # One of ours is what a run left that was killed.
    if os.path.lexists(_POLICY) and _POLICY.read_text(errors="replace") != _NO_SERVICE:
        yield
        return
    try:
        _POLICY.write_text(_NO_SERVICE, encoding="ascii")
        _POLICY.chmod(0o755)
    except OSError as error:
        raise LaboratoryError(
            f"Nothing was installed: {_POLICY}, which keeps squid's service from starting, cannot be written: {error}."
        ) from error
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)


def _apt(*arguments: str) -> None:
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=300", *arguments]
    ended = subprocess.run(
        command,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if ended.returncode:
        said = "\n".join(f"    {line}" for line in (ended.stdout + ended.stderr).splitlines()[-15:])
        raise LaboratoryError(f"`{' '.join(command)}` failed:\n{said}\nThen run the same command again; {EXPECTED}.")
