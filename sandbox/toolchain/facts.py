"""What is on this machine: tools on PATH with their versions, tools in the cache, and Go."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sandbox.toolchain.catalogue import SCHEMAS
from sandbox.toolchain.pins import Pin, built_from, go_version_in, version_in

_ASK_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An executable of the right name on PATH. `version` is None if it would not say."""

    path: Path
    version: str | None


@dataclass(frozen=True, kw_only=True)
class ToolFacts:
    """What is known about one wanted tool."""

    pin: Pin
    on_path: tuple[Candidate, ...]
    cached: bool


@dataclass(frozen=True, kw_only=True)
class GoFacts:
    """The Go command on PATH. `path` is None without one, `version` None if it would not say."""

    path: Path | None
    version: tuple[int, int] | None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything the plan is made from."""

    tools: tuple[ToolFacts, ...]
    go: GoFacts


def gather(pins: Sequence[Pin], environment: Mapping[str, str]) -> Facts:
    """Looks at PATH, the cache and Go. Versions are asked at the same time: one slow tool must not delay the others."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        candidates = list(pool.map(lambda pin: _candidates(pin, environment), pins))
    tools = tuple(
        ToolFacts(pin=pin, on_path=found, cached=is_cached(pin)) for pin, found in zip(pins, candidates, strict=True)
    )
    return Facts(tools=tools, go=_go(environment))


def is_cached(pin: Pin) -> bool:
    """Whether the cache holds the finished tool. Tools get their name only when complete, so existence is enough."""
    if pin.tool.name == SCHEMAS:
        return (pin.cached / "swagger.json").is_file()
    return os.access(pin.cached, os.X_OK)


def ask_version(pin: Pin, path: Path, environment: Mapping[str, str]) -> str | None:
    """The version the executable reports, or None if it fails, hangs or names none.

    Of one that does not tell, the version of its module as Go wrote it into the file; None without Go.
    """
    if not pin.tool.ask_version:
        return built_from(_output(["go", "version", "-m", str(path)], environment), pin.tool.pinned_by)
    return version_in(_output([str(path), *pin.tool.ask_version], environment))


def _candidates(pin: Pin, environment: Mapping[str, str]) -> tuple[Candidate, ...]:
    if pin.tool.name == SCHEMAS:
        return ()
    seen: set[Path] = set()
    found = []
    for folder in environment.get("PATH", "").split(os.pathsep):
        path = Path(folder) / pin.tool.name
        if not folder or not path.is_file() or not os.access(path, os.X_OK) or path.resolve() in seen:
            continue
        seen.add(path.resolve())
        found.append(Candidate(path=path.absolute(), version=ask_version(pin, path, environment)))
    return tuple(found)


def _go(environment: Mapping[str, str]) -> GoFacts:
    path = shutil.which("go", path=environment.get("PATH", ""))
    if path is None:
        return GoFacts(path=None, version=None)
    return GoFacts(path=Path(path), version=go_version_in(_output([path, "version"], environment)))


def _output(command: list[str], environment: Mapping[str, str]) -> str:
    quiet = {**environment, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    # Python looks for a bare name on its own PATH, not on that of `environment`.
    program = shutil.which(command[0], path=environment.get("PATH", "")) or command[0]
    try:
        asked = subprocess.run(
            [program, *command[1:]],
            env=quiet,
            # Not the checkout: inside a Go module, `go version` may answer for a toolchain it would have to download.
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_ASK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout if asked.returncode == 0 else ""
