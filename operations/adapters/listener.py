"""What hears of a run of the engine, for those that show it and know no engine."""

from __future__ import annotations

from typing import Protocol

from operations.facts import Failure, Operation


class Listener(Protocol):
    """Hears of a run while it goes on."""

    def began(self, operation: Operation) -> None:
        """The engine began an operation."""

    def ended(self, operation: Operation) -> None:
        """The engine finished an operation."""

    def failed(self, failure: Failure) -> None:
        """The engine or a plugin reported an error."""

    def waits(self, text: str) -> None:
        """Something outside the engine is waited for."""

    def notes(self, text: str) -> None:
        """Something is worth a line that stays."""
