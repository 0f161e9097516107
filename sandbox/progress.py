"""News of tools and processes, on the terminal."""

from __future__ import annotations

import time

from operations.adapters.console import Progress

PASSING = frozenset(
    {
        "skipped",
        "cache",
        "path",
        "building",
        "waiting",
        "starting",
        "started",
        "running",
        "ready",
        "stopping",
        "stopped",
    }
)
"""States that only matter while they last: shown on the moving line. All others are worth a line that stays."""
LASTING = frozenset({"building", "waiting"})
"""Passing states that can last for minutes, and must be seen in a log too, which has no moving line."""
REPEAT_SECONDS = 30.0
"""How often a log hears of a state that lasts."""


class Lines:
    """Shows passing states on the moving line and keeps the others."""

    def __init__(self, progress: Progress) -> None:
        """Shows on `progress`."""
        self.progress = progress
        self.logged: dict[tuple[str, str], float] = {}

    def report(self, tool: str, state: str, detail: str) -> None:
        """Called from several threads."""
        text = f"{tool} {state} {detail}".strip()
        if state not in PASSING:
            self.progress.notes(text)
        elif self.progress.console.is_terminal:
            self.progress.waits(text)
        elif state in LASTING and self._due(tool, state):
            self.progress.notes(text)

    def _due(self, tool: str, state: str) -> bool:
        now = time.monotonic()
        due = now - self.logged.get((tool, state), -REPEAT_SECONDS) >= REPEAT_SECONDS
        if due:
            self.logged[tool, state] = now
        return due
