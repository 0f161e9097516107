"""Builds one module's missing tools into its cache entry. A tool gets its name only when it is complete."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.toolchain.catalogue import SCHEMAS
from sandbox.toolchain.errors import BuildCancelled, ToolchainError
from sandbox.toolchain.facts import ask_version, is_cached
from sandbox.toolchain.go import GoFailed, GoRunner
from sandbox.toolchain.locks import held
from sandbox.toolchain.pins import Pin, linker_flags
from sandbox.toolchain.plan import ModuleBuild
from sandbox.toolchain.progress import Progress
from sandbox.toolchain.schemas import copy_schemas

_NEEDED = "a first build of everything needs about 9 GB: 3 for modules, 5 for Go's build cache, 1 for the tools"
_REPORT_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Built:
    """A tool that is now in the cache. `seconds` is 0 if another process built it meanwhile."""

    pin: Pin
    seconds: float


def build_module(build: ModuleBuild, modules: Path, runner: GoRunner, progress: Progress) -> list[Built]:
    """Builds what is missing, one tool after the other; finished ones stay if a later one fails.

    Raises ToolchainError with what happened, where, and what to run; BuildCancelled after `runner.cancel()`.
    """
    first = build.pins[0].tool.name
    try:
        build.entry.mkdir(parents=True, exist_ok=True)
        lock = build.entry / ".lock"
        with held(
            lock,
            runner.cancelled,
            lambda holder: progress.report(first, "waiting", f"process {holder} is building into {build.entry}"),
        ):
            _remove_leftovers(build.entry)
            return [_build_one(pin, modules, runner, progress) for pin in build.pins]
    except GoFailed as failed:
        raise _explained(failed.output, build, runner) from failed
    except OSError as problem:
        raise _explained(str(problem), build, runner) from problem


def _build_one(pin: Pin, modules: Path, runner: GoRunner, progress: Progress) -> Built:
    name = pin.tool.name
    if is_cached(pin):
        progress.report(name, "cached", "another process has built it")
        return Built(pin=pin, seconds=0.0)
    started = time.monotonic()
    partial = pin.entry / f".{name}.{os.getpid()}.partial"
    try:
        progress.report(name, "building", pin.version)
        if name == SCHEMAS:
            copy_schemas(partial, modules, runner, lambda line: progress.report(name, "building", line))
        else:
            _go_build(pin, partial, modules, runner, progress)
        partial.replace(pin.cached)
        _sync(pin.entry)
    finally:
        _remove(partial)
    seconds = time.monotonic() - started
    progress.report(name, "built", f"{pin.version} in {seconds:.0f} s")
    return Built(pin=pin, seconds=seconds)


def _go_build(pin: Pin, partial: Path, modules: Path, runner: GoRunner, progress: Progress) -> None:
    name = pin.tool.name
    flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-v", "-ldflags", linker_flags(pin)]
    runner.run(
        ["build", *flags, "-o", str(partial), pin.tool.package],
        modules / pin.tool.module,
        _counting(lambda detail: progress.report(name, "building", detail)),
    )
    _sync(partial)
    version = ask_version(pin, partial, runner.environment)
    if version != pin.version:
        raise GoFailed(f"the finished {name} reports {version or 'no version'} instead of {pin.version}")


def _counting(report: Callable[[str], None]) -> Callable[[str], None]:
    """Turns go's lines (a package or a download each, thousands of them) into about one report a second."""
    packages = 0
    reported = 0.0

    def heard(line: str) -> None:
        nonlocal packages, reported
        downloading = line.startswith("go: downloading ")
        packages += not downloading
        if time.monotonic() - reported >= _REPORT_SECONDS:
            reported = time.monotonic()
            detail = line.removeprefix("go: ") if downloading else f"{packages} packages compiled, now {line}"
            report(detail)

    return heard


def _explained(output: str, build: ModuleBuild, runner: GoRunner) -> ToolchainError | BuildCancelled:
    if runner.cancelled.is_set():
        return BuildCancelled()
    names = ", ".join(pin.tool.name for pin in build.pins if not is_cached(pin))
    kept = ", ".join(pin.tool.name for pin in build.pins if is_cached(pin)) or "none"
    after = f"Finished tools are kept ({kept}); no half-built one is left. Then run the same command again."
    lowered = output.lower()
    if "no space left on device" in lowered or "disk quota exceeded" in lowered:
        return ToolchainError(
            f"The disk is full: building {names} stopped. {_free_space(build.entry, runner)}; {_NEEDED}. "
            f"Free some space, or set P2P_NODES_CACHE, GOCACHE and GOMODCACHE to folders on a larger disk. {after}"
        )
    if "permission denied" in lowered or "read-only file system" in lowered:
        advice = f"Make {build.entry.parent} writable, or set P2P_NODES_CACHE to a folder that is."
    elif "signal: killed" in lowered:
        advice = "The compiler was killed, most likely for want of memory: close other programs."
    elif "dial tcp" in lowered or "lookup " in lowered or "timeout" in lowered:
        advice = "Modules could not be downloaded: check the network and GOPROXY."
    else:
        advice = "What go says above is the cause."
    last = "\n".join(f"    {line}" for line in output.splitlines()[-15:])
    return ToolchainError(f"Building {names} into {build.entry} failed:\n{last}\n{advice} {after}")


def _free_space(entry: Path, runner: GoRunner) -> str:
    places = {"tools": entry}
    for variable, default in (("GOCACHE", "~/.cache/go-build"), ("GOMODCACHE", "~/go/pkg/mod"), ("TMPDIR", "/tmp")):  # noqa: S108
        places[variable] = Path(runner.environment.get(variable) or default).expanduser()
    free = {label: _free(place) for label, place in places.items()}
    return "Free: " + ", ".join(f"{places[label]} ({label}) {gigabytes:.1f} GB" for label, gigabytes in free.items())


def _free(place: Path) -> float:
    existing = next(parent for parent in (place, *place.parents) if parent.exists())
    return shutil.disk_usage(existing).free / 1e9


def _remove_leftovers(entry: Path) -> None:
    """A process killed with -9 leaves its partial file; whoever holds the lock knows that nobody is using it."""
    for partial in entry.glob(".*.partial"):
        _remove(partial)


def _remove(partial: Path) -> None:
    if partial.is_dir():
        shutil.rmtree(partial, ignore_errors=True)
    else:
        partial.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
