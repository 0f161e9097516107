"""Decides where each tool comes from: PATH, then cache, then a build. Pure: facts in, steps out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandbox.toolchain.catalogue import SCHEMAS
from sandbox.toolchain.errors import ToolchainError
from sandbox.toolchain.facts import Candidate, Facts, GoFacts, ToolFacts
from sandbox.toolchain.pins import Pin


@dataclass(frozen=True, kw_only=True)
class Use:
    """A tool that is there already. `origin` is `path` or `cache`."""

    pin: Pin
    path: Path
    origin: str


@dataclass(frozen=True, kw_only=True)
class ModuleBuild:
    """The missing tools of one module, to be built one after the other into one cache entry by the Go at `go`."""

    entry: Path
    pins: tuple[Pin, ...]
    go: Path


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to use, what to build, and what a person should know about the choice, as (tool, remark)."""

    uses: tuple[Use, ...]
    builds: tuple[ModuleBuild, ...]
    remarks: tuple[tuple[str, str], ...]


def make_plan(facts: Facts) -> Plan:
    """The plan for these facts. Raises ToolchainError if a tool is missing and nothing here can build it."""
    uses: list[Use] = []
    missing: list[Pin] = []
    remarks: list[tuple[str, str]] = []
    for tool in facts.tools:
        right = next((found for found in tool.on_path if found.version == tool.pin.version), None)
        if right is not None:
            uses.append(Use(pin=tool.pin, path=right.path, origin="path"))
            continue
        remarks += [(tool.pin.tool.name, _skipped(tool, found)) for found in tool.on_path]
        if tool.cached:
            uses.append(Use(pin=tool.pin, path=tool.pin.cached, origin="cache"))
        else:
            missing.append(tool.pin)
    return Plan(uses=tuple(uses), builds=_builds(missing, facts.go), remarks=tuple(remarks))


def _skipped(tool: ToolFacts, found: Candidate) -> str:
    what = found.version or "a version it would not tell"
    return f"skipped {found.path} on PATH: it is {what}, {tool.pin.version} is pinned"


def _builds(missing: list[Pin], go: GoFacts) -> tuple[ModuleBuild, ...]:
    if not missing:
        return ()
    oldest = max(pin.go for pin in missing)
    if go.path is None or go.version is None or go.version < oldest:
        raise ToolchainError(_no_go(missing, go, oldest))
    entries: dict[Path, list[Pin]] = {}
    for pin in missing:
        entries.setdefault(pin.entry, []).append(pin)
    # The module with most tools first: it takes longest, and two are built at a time.
    longest_first = sorted(entries.items(), key=lambda item: -len(item[1]))
    return tuple(ModuleBuild(entry=entry, pins=tuple(pins), go=go.path) for entry, pins in longest_first)


def _no_go(missing: list[Pin], go: GoFacts, oldest: tuple[int, int]) -> str:
    names = ", ".join(p.tool.name if p.tool.name == SCHEMAS else f"{p.tool.name} {p.version}" for p in missing)
    wanted = f"Go {oldest[0]}.{oldest[1]} or newer"
    if go.path is None:
        reason = "there is no Go on PATH to build them"
    elif go.version is None:
        reason = f"{go.path} does not answer `go version`"
    else:
        reason = f"{go.path} is Go {go.version[0]}.{go.version[1]}, too old to build them"
    return (
        f"Not on PATH at the pinned version and not in the cache: {names}; {reason}: "
        f"install {wanted} (https://go.dev/dl/) and run the same command again."
    )
