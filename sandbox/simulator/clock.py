"""Simulated time: how many of Google's seconds pass in one real second of the sandbox."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

VARIABLE = "SANDBOX_SPEED"
DEFAULT = 600.0


class SpeedInvalid(Exception):  # noqa: N818 - named after the state it reports
    """SANDBOX_SPEED is not a positive number."""


@dataclass(frozen=True, kw_only=True)
class Speed:
    """`factor` is simulated seconds per real second: 1 is real time, 600 makes ten minutes one second."""

    factor: float = DEFAULT

    def __post_init__(self) -> None:
        if not (math.isfinite(self.factor) and self.factor > 0):
            raise SpeedInvalid(_explain(str(self.factor)))

    @classmethod
    def from_environment(cls) -> Speed:
        """The speed in SANDBOX_SPEED, or 600. Raises SpeedInvalid."""
        text = os.environ.get(VARIABLE)
        if not text:
            return cls()
        try:
            factor = float(text)
        except ValueError:
            raise SpeedInvalid(_explain(text)) from None
        return cls(factor=factor)

    def real(self, simulated_seconds: float) -> float:
        """Real seconds that `simulated_seconds` take."""
        return simulated_seconds / self.factor


def _explain(text: str) -> str:
    return (
        f"{VARIABLE} is {text!r}; it must be a number above 0: simulated seconds per real second "
        f"({DEFAULT:g} when unset, 1 for real time). Correct or unset it and run the command again."
    )
