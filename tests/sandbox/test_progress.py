"""A terminal has a moving line; a log hears of what lasts, now and then."""

import io

import pytest
from rich.console import Console as RichConsole

from operations.adapters.console import Console
from sandbox import progress as module
from sandbox.progress import Lines


def shown(*news: tuple[str, str, str]) -> list[str]:
    rich = RichConsole(file=io.StringIO(), width=200, force_terminal=False)
    with Console(rich).phase("tools") as progress:
        lines = Lines(progress)
        for one in news:
            lines.report(*one)
    file = rich.file
    assert isinstance(file, io.StringIO)
    return [line.strip() for line in file.getvalue().splitlines() if not line.startswith("done")]


def test_a_log_hears_once_of_what_lasts_and_not_of_what_passes() -> None:
    building = [("pulumi", "building", f"{count} packages") for count in range(100)]
    assert shown(("etcd", "cache", "v3"), *building, ("pulumi", "built", "v3.250.0 in 240 s")) == [
        "pulumi building 0 packages",
        "pulumi built v3.250.0 in 240 s",
    ]


def test_a_log_hears_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REPEAT_SECONDS", 0.0)
    assert len(shown(("pulumi", "building", "1"), ("pulumi", "building", "2"))) == 2
