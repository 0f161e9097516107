"""Finds or builds the tools a command needs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from sandbox.layout import CHECKOUT
from sandbox.toolchain.build import Built, build_module
from sandbox.toolchain.catalogue import CATALOGUE, SCHEMAS
from sandbox.toolchain.errors import BuildCancelled
from sandbox.toolchain.facts import gather
from sandbox.toolchain.go import GoRunner
from sandbox.toolchain.pins import cache_folder, read_pin
from sandbox.toolchain.plan import Plan, make_plan
from sandbox.toolchain.progress import Progress, Silent

# One module's linking (a single thread for half a minute per tool) overlaps with the other's compiling;
# more than two would only fight for memory.
_BUILDS_AT_ONCE = 2
_MODULES = CHECKOUT / "tools"


@dataclass(frozen=True, kw_only=True)
class ResolvedTool:
    """A tool that can be run. `origin` is `path`, `cache` or `built`; `seconds` is what getting it took."""

    name: str
    path: Path
    version: str
    origin: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Toolset:
    """The tools that were asked for."""

    tools: Mapping[str, ResolvedTool]

    def path(self, name: str) -> Path:
        """The executable of a tool that was asked for; KeyError for one that was not."""
        return self.tools[name].path

    @property
    def schemas(self) -> Path:
        """Folder with swagger.json (OpenAPI v2 of the pinned Kubernetes) and crds/*.yaml."""
        return self.tools[SCHEMAS].path


def resolve(
    names: Iterable[str],
    progress: Progress | None = None,
    *,
    modules: Path = _MODULES,
    environment: Mapping[str, str] | None = None,
) -> Toolset:
    """Finds each tool on PATH or in the cache, or builds it; names are those of the catalogue.

    Raises ToolchainError with a text for the person. On KeyboardInterrupt the builds are ended, nothing half-built
    is left, and the interrupt goes on to the caller.
    """
    environment = dict(os.environ) if environment is None else environment
    news = progress or Silent()
    cache = cache_folder(environment)
    started = time.monotonic()
    plan = make_plan(gather([read_pin(CATALOGUE[name], modules, cache) for name in names], environment))
    looked = time.monotonic() - started
    for name, remark in plan.remarks:
        news.report(name, "skipped", remark)
    tools: dict[str, ResolvedTool] = {}
    for use in plan.uses:
        name = use.pin.tool.name
        tools[name] = ResolvedTool(name=name, path=use.path, version=use.pin.version, origin=use.origin, seconds=looked)
        news.report(name, use.origin, f"{use.pin.version} {use.path}")
    for built in _build(plan, modules, environment, news):
        name = built.pin.tool.name
        tools[name] = ResolvedTool(
            name=name, path=built.pin.cached, version=built.pin.version, origin="built", seconds=built.seconds
        )
    return Toolset(tools=tools)


def _build(plan: Plan, modules: Path, environment: Mapping[str, str], news: Progress) -> list[Built]:
    if not plan.builds:
        return []
    runner = GoRunner(go=plan.builds[0].go, environment=environment)
    with ThreadPoolExecutor(max_workers=_BUILDS_AT_ONCE) as pool:
        futures: list[Future[list[Built]]] = []
        try:
            for build in plan.builds:
                futures.append(pool.submit(build_module, build, modules, runner, news))
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            # Reached with builds still running only when one failed or the person pressed Ctrl-C.
            if not all(future.done() for future in futures):
                names = ", ".join(pin.tool.name for build in plan.builds for pin in build.pins)
                news.report("tools", "stopping", f"ending the builds of {names}; finished tools are kept")
                runner.cancel()
    failures = [problem for future in futures if (problem := future.exception()) is not None]
    for problem in failures:
        if not isinstance(problem, BuildCancelled):
            raise problem
    return [built for future in futures for built in future.result()]
