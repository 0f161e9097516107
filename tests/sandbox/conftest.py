"""A real control plane for every test below, one per test process (xdist workers each have their own)."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from sandbox.controlplane import TOOLS, start, stop
from sandbox.layout import Layout
from sandbox.toolchain import Toolset, resolve


class ToTerminal:
    """Progress past pytest's capture: a first run may build for minutes and must not look hung."""

    def report(self, tool: str, state: str, detail: str) -> None:
        if state not in ("path", "cache", "skipped"):
            print(f"{tool}: {state} {detail}", file=sys.__stderr__, flush=True)


@pytest.fixture(scope="session")
def toolset() -> Toolset:
    """The control plane's binaries: from PATH or the cache, else built."""
    return resolve(TOOLS, ToTerminal())


@pytest.fixture(scope="session")
def controlplane(toolset: Toolset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """The layout of a running control plane with the CRDs installed. Tests share it: name what you create apart."""
    yield from running(toolset, tmp_path_factory)


@pytest.fixture(scope="module")
def own_controlplane(toolset: Toolset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """The same for one module alone, whose tests say what there is in the whole cluster."""
    yield from running(toolset, tmp_path_factory)


def running(toolset: Toolset, folders: pytest.TempPathFactory) -> Iterator[Layout]:
    """A control plane until the generator is closed."""
    layout = Layout(root=folders.mktemp("sandbox").resolve())
    try:
        start(layout, toolset)
        yield layout
    finally:
        stop(layout)
