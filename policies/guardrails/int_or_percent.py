"""Kubernetes' fields that take a number or a percentage, such as a disruption budget's.

The grammar is that of `IsValidPercent` in apimachinery's pkg/util/validation/validation.go, the rounding that of
`GetScaledValueFromIntOrPercent` in pkg/util/intstr/intstr.go, v0.36.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted

_PERCENT: Final = re.compile(r"([0-9]{1,9})%")


@dataclass(frozen=True, kw_only=True)
class IntOrPercent:
    """A number of pods, or a percentage of them."""

    number: int
    is_percent: bool

    def of(self, total: int) -> int:
        """How many of `total`. Percentages are rounded up, as the disruption controller does for both of its fields."""
        return -(-self.number * total // 100) if self.is_percent else self.number


def read(field: Field) -> IntOrPercent | Unjudged | None:
    """What a field says: None where it is absent, Unjudged where the API server would refuse it."""
    match field.value:
        case None:
            return None
        case bool():
            pass
        case int() as number if number >= 0:
            return IntOrPercent(number=number, is_percent=False)
        case str() as text if percent := _PERCENT.fullmatch(text):
            return IntOrPercent(number=int(percent[1]), is_percent=True)
    return Unjudged(path=field.path, reason=f"is {quoted(field.value)} where a number or a percentage is expected")
