"""Starting a real control plane for tests, and saying how far that is."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from sandbox.controlplane import start, stop
from sandbox.layout import Layout
from sandbox.toolchain import Toolset


class ToTerminal:
    """Progress past pytest's capture: a first run may build for minutes and must not look hung."""

    def report(self, tool: str, state: str, detail: str) -> None:
        if state not in ("path", "cache", "skipped"):
            print(f"{tool}: {state} {detail}", file=sys.__stderr__, flush=True)


def running(toolset: Toolset, folders: pytest.TempPathFactory) -> Iterator[Layout]:
    """A control plane until the generator is closed."""
    layout = Layout(root=folders.mktemp("sandbox").resolve())
    try:
        start(layout, toolset)
        yield layout
    finally:
        stop(layout)
