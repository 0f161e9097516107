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
from sandbox.toolchain.pins import Pin, go_version_in, version_in

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
    """The version the executable reports, or None if it fails, hangs or names none."""
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
    try:
        asked = subprocess.run(
            command,
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
