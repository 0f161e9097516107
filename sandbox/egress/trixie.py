"""Squid 6.13 for a machine that has an older one: Debian 13's packages, unpacked and never installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from sandbox.egress.errors import LaboratoryError
from sandbox.egress.roots import TRIXIE, root_at
from sandbox.toolchain.locks import held
from sandbox.toolchain.pins import cache_folder

_WANTED = ("squid", "lib", "base-", "netbase")
"""Beginnings of the names of packages that squid needs to run; the others are for their installation."""
_NOT_NEEDED = ("doc", "man", "info", "locale", "i18n", "lintian", "bash-completion", "perl5", "zoneinfo")


def fetch(environment: Mapping[str, str], keyring: Path, say: Callable[[str], None]) -> None:
    """Puts it into the tool cache, if no other process did meanwhile: whole or not at all.

    Raises LaboratoryError, with what failed, if it cannot be had.
    """
    cache = cache_folder(environment)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        (cache / f".{TRIXIE}.lock").touch()
    except OSError as error:
        raise LaboratoryError(f"Debian 13's squid cannot be kept in the tool cache: {error}.") from error
    with held(
        cache / f".{TRIXIE}.lock", threading.Event(), lambda holder: say(f"egress: waiting, process {holder} fetches")
    ):
        for leftover in cache.glob(f".{TRIXIE}.*.partial"):
            shutil.rmtree(leftover, ignore_errors=True)
        if root_at(cache / TRIXIE) is not None:
            return
        say("egress: fetching Debian 13's squid, about 70 MB")
        partial = cache / f".{TRIXIE}.{os.getpid()}.partial"
        try:
            _unpack(_download(partial / "download", keyring), partial / "root")
            if root_at(partial / "root") is None:
                raise LaboratoryError("Debian 13's squid does not run here.")
            shutil.rmtree(cache / TRIXIE, ignore_errors=True)
            (partial / "root").rename(cache / TRIXIE)
        except OSError as error:
            raise LaboratoryError(f"Debian 13's squid cannot be unpacked: {error}.") from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def wanted(package: str) -> bool:
    """Whether a package file, by its name, is unpacked."""
    return package.startswith(_WANTED)


def _download(folder: Path, keyring: Path) -> list[Path]:
    folder.mkdir(parents=True)
    _run(
        "debootstrap", "--download-only", "--variant=minbase", "--include=squid", "--force-check-gpg",
        f"--keyring={keyring}", "trixie", str(folder),
    )  # fmt: skip
    return sorted(file for file in (folder / "var/cache/apt/archives").glob("*.deb") if wanted(file.name))


def _unpack(packages: list[Path], root: Path) -> None:
    root.mkdir()
    # It brings the links /bin, /lib and /sbin; a package that came first would make folders of them.
    for package in sorted(packages, key=lambda file: not file.name.startswith("base-files_")):
        _run("dpkg-deb", "-x", str(package), str(root))
    for name in _NOT_NEEDED:
        shutil.rmtree(root / "usr/share" / name, ignore_errors=True)
    # What the scripts of base-passwd would do, which never run.
    for name in ("passwd", "group"):
        shutil.copyfile(root / f"usr/share/base-passwd/{name}.master", root / "etc" / name)


def _run(*command: str) -> None:
    try:
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
        )
    except FileNotFoundError as error:
        raise LaboratoryError(f"{command[0]} is not installed.") from error
    if ended.returncode:
        last = " ".join((ended.stdout + ended.stderr).split("\n")[-6:]).strip()
        raise LaboratoryError(f"{command[0]} failed: {last}.")
