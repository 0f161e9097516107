"""Kubernetes quantities: amounts of CPU, memory and storage, with their exact values.

The grammar is the one in the documentation of `Quantity`, the values are those of `ParseQuantity`, both in
apimachinery's pkg/api/resource/quantity.go and suffix.go, v0.36.3. (Its parser also takes a number without a digit,
such as `.` or `Gi`, for zero; the grammar does not, nor do we.) The client library's `kubernetes.utils` is not used: it
takes NaN, underscores and blanks for numbers, and neither rounds nor caps as the API server does.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Final

from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.plain import Plain, quoted, type_name

_SUFFIXES: Final[dict[str, Fraction]] = {
    "": Fraction(1),
    **{suffix: Fraction(1000) ** power for power, suffix in zip(range(-3, 0), "num", strict=True)},
    **{suffix: Fraction(1000) ** power for power, suffix in enumerate("kMGTPE", start=1)},
    **{f"{suffix}i": Fraction(1024) ** power for power, suffix in enumerate("KMGTPE", start=1)},
}
_QUANTITY: Final = re.compile(
    r"(?P<sign>[+-]?)(?P<number>[0-9]+\.?[0-9]*|\.[0-9]+)"
    r"(?:[eE](?P<exponent>[+-]?[0-9]+)|(?P<suffix>[numkMGTPE]|[KMGTPE]i)?)"
)
# Kubernetes has no such bound. A number of a million digits is no amount of anything, and takes its time to work out.
_LONGEST: Final = 64
_LARGEST_EXPONENT: Final = 999
_NANO: Final = 10**9
_LARGEST_BINARY: Final = Fraction(2**63 - 1)


class InvalidQuantityError(ValueError):
    """The value is no quantity. The text says why and does not repeat the value."""


def parse(value: Plain) -> Fraction:
    """The exact value, such as 1/2 for `500m` and 1073741824 for `1Gi`. Numbers are quantities as well.

    What is finer than 1n is rounded up, away from zero, and binary suffixes reach to 2^63-1. Raises
    InvalidQuantityError, also for texts of more than 64 characters and exponents of more than three digits.
    """
    match value:
        case bool():
            raise InvalidQuantityError(f"{type_name(value)} where a quantity is expected")
        case int():
            return Fraction(value)
        case float():
            return _parse(repr(value))
        case str():
            return _parse(value)
        case _:
            raise InvalidQuantityError(f"{type_name(value)} where a quantity is expected")


def read(field: Field) -> Fraction | Unjudged | None:
    """The quantity that a field has: None where it is absent, Unjudged where it is none."""
    if field.value is None:
        return None
    try:
        return parse(field.value)
    except InvalidQuantityError as error:
        found = f"{quoted(field.value)}, which is no quantity" if isinstance(field.value, str) else str(error)
        return Unjudged(path=field.path, reason=f"is {found}")


def _parse(text: str) -> Fraction:
    match = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise InvalidQuantityError("no number with one of the suffixes n u m k M G T P E Ki Mi Gi Ti Pi Ei, or e and n")
    exponent = int(match["exponent"] or 0)
    if abs(exponent) > _LARGEST_EXPONENT:
        raise InvalidQuantityError(f"an exponent beyond {_LARGEST_EXPONENT}")
    whole, _, decimals = match["number"].partition(".")
    number = Fraction(int(whole + decimals), 10 ** len(decimals))
    suffix = match["suffix"] or ""
    size = Fraction(math.ceil(number * _SUFFIXES[suffix] * Fraction(10) ** exponent * _NANO), _NANO)
    if suffix.endswith("i"):
        size = min(size, _LARGEST_BINARY)
    return -size if match["sign"] == "-" else size
