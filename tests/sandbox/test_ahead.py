"""What is loaded ahead is what the program will use, and a program that is broken fails as it would have."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import ahead
from sandbox.layout import CHECKOUT
from sandbox.session import PROGRAM

LOADED_LATE = """
import runpy, sys
from sandbox import ahead
from sandbox.session import PROGRAM
from tests.program_mocks import run, stack_config

def sdk():
    return {name for name in sys.modules if name.partition(".")[0] in ahead.SDKS.values()}

ahead.load(PROGRAM)
early = sdk()
world = run(lambda: runpy.run_path(str(PROGRAM)), stack="sandbox", config=stack_config("sandbox"))
assert world.resources
print(len(early), *sorted(sdk() - early))
"""


@pytest.fixture(autouse=True)
def _collector() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)


def test_the_program_finds_every_part_of_its_sdks_loaded() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOADED_LATE], cwd=CHECKOUT, capture_output=True, text=True, check=True, timeout=60
    )
    early, *late = ran.stdout.split()
    assert int(early) > 100
    assert late == []


def test_the_program_s_imports_in_its_order() -> None:
    text = '"""Wiring."""\nimport pulumi, json as j\nfrom a.b import c\nfrom . import d\nif True:\n    import e\n'
    assert ahead.imports(text) == ["pulumi", "json", "a.b"]


def test_classes_of_the_sdks_by_their_modules() -> None:
    texts = [
        "gcp.compute.Network(name='n')\n_gcp.x.Y\ngcp.Provider()",
        "gcp.compute.Network\nkubernetes.core.v1.ServiceArgs | gcp.container.get_cluster()",
    ]
    assert ahead.used(texts) == [
        ("pulumi_gcp", "compute.Network"),
        ("pulumi_gcp", "container.get_cluster"),
        ("pulumi_kubernetes", "core.v1.ServiceArgs"),
    ]


def test_the_packages_beside_the_program_are_looked_through() -> None:
    texts = list(ahead.sources(PROGRAM, ["pulumi_gcp", "components.network", "settings"]))
    files = [PROGRAM, *sorted((CHECKOUT / "components").rglob("*.py")), *sorted((CHECKOUT / "settings").rglob("*.py"))]
    assert texts == [file.read_text(encoding="utf-8") for file in files]


@pytest.mark.parametrize("text", ["import nowhere_to_be_found", "this is no Python", None])
def test_a_broken_program_fails_when_it_runs_and_in_its_own_words(text: str | None, tmp_path: Path) -> None:
    program = tmp_path / "__main__.py"
    if text is not None:
        program.write_text(text)
    ran = []
    ahead.with_imports_ahead(lambda: ran.append("the program"), program)()
    assert ran == ["the program"]


def test_the_program_waits_for_its_imports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    order: list[str] = []

    def load(path: Path) -> None:
        time.sleep(0.2)
        order.append(f"loaded {path.name}")

    monkeypatch.setattr(ahead, "load", load)
    run = ahead.with_imports_ahead(lambda: order.append("ran"), tmp_path / "__main__.py")
    run()
    assert order == ["loaded __main__.py", "ran"]
