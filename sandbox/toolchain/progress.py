"""How the toolchain and the control plane tell a person what they are doing."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives one line of news at a time. Called from several threads: an implementation must allow that."""

    def report(self, tool: str, state: str, detail: str) -> None:
        """`tool` is a tool or process name, `state` one or two words, `detail` a sentence or empty."""


class Silent:
    """For callers that show nothing."""

    def report(self, tool: str, state: str, detail: str) -> None:
        """Says nothing."""
