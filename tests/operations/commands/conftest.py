"""A stand-in engine that records what is asked of it, and a console that writes to memory."""

import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from rich.console import Console as RichConsole

from operations.adapters.console import Console
from operations.facts import Recovery, Run, StackResource


@dataclass
class FakeEngine:
    """Answers with prepared runs and remembers the order of the calls."""

    name: str = "dev"
    environment: str = "development"
    runs: Mapping[str, Run] = field(default_factory=dict)
    held: tuple[StackResource, ...] = ()
    config: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    targets: tuple[str, ...] = ()

    def _run(self, name: str) -> Run:
        self.calls.append(name)
        return self.runs.get(name, Run(succeeded=True))

    def preview(self, listener: object, *, without: Collection[str] = ()) -> Run:
        return self._run(" ".join(["preview", *(["without", *without] if without else [])]))

    def up(self, listener: object) -> Run:
        return self._run("up")

    def preview_destroy(self, listener: object) -> Run:
        return self._run("preview_destroy")

    def destroy(self, listener: object, *, targets: tuple[str, ...] = ()) -> Run:
        self.targets = targets or self.targets
        return self._run("destroy objects" if targets else "destroy")

    def resources(self) -> tuple[StackResource, ...]:
        return self.held

    def setting(self, key: str) -> str | None:
        return self.settings.get(key)

    def kubeconfig(self) -> str | None:
        return self.config

    def settle(self, recovery: Recovery, *, notice: object) -> None:
        self.calls.append("settle")

    def read_again(self, urns: Iterable[str], *, notice: object) -> None:
        self.calls.append(f"read {' '.join(urns)}")

    def outputs(self) -> dict[str, Any]:
        return {}


@pytest.fixture
def fake() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def console() -> Console:
    return Console(RichConsole(file=io.StringIO(), width=200, highlight=False))
