"""News of tools and processes, on the terminal."""

from __future__ import annotations

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


class Lines:
    """Shows passing states on the moving line and keeps the others."""

    def __init__(self, progress: Progress) -> None:
        """Shows on `progress`."""
        self.progress = progress

    def report(self, tool: str, state: str, detail: str) -> None:
        """Called from several threads."""
        text = f"{tool} {state} {detail}".strip()
        if state in PASSING:
            self.progress.waits(text)
        else:
            self.progress.notes(text)
