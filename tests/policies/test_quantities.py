"""The grammar of quantities and their values, as tables and as properties.

The values of the table are what apimachinery v0.36.3 printed for each text, by `ParseQuantity` and `AsDec`.
"""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.plain import UNKNOWN, Plain
from guardrails.quantities import InvalidQuantityError, parse, read
from hypothesis import given
from hypothesis import strategies as st

_DIGITS = "0123456789"
_SCALES = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    "k": Fraction(10**3),
    "M": Fraction(10**6),
    "G": Fraction(10**9),
    "T": Fraction(10**12),
    "P": Fraction(10**15),
    "E": Fraction(10**18),
    "Ki": Fraction(2**10),
    "Mi": Fraction(2**20),
    "Gi": Fraction(2**30),
    "Ti": Fraction(2**40),
    "Pi": Fraction(2**50),
    "Ei": Fraction(2**60),
}

_numbers = st.one_of(
    st.text(_DIGITS, min_size=1, max_size=12),
    st.builds("{}.{}".format, st.text(_DIGITS, min_size=1, max_size=12), st.text(_DIGITS, max_size=9)),
    st.text(_DIGITS, min_size=1, max_size=9).map(".{}".format),
)
_suffixes = st.sampled_from(sorted(_SCALES)) | st.builds(
    "{}{}".format, st.sampled_from(["e", "E", "e+", "E+", "e-", "E-"]), st.integers(0, 20)
)
_quantities = st.builds("{}{}{}".format, st.sampled_from(["", "+", "-"]), _numbers, _suffixes)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", Fraction(0)),
        ("2", Fraction(2)),
        ("+2", Fraction(2)),
        ("-2", Fraction(-2)),
        ("007", Fraction(7)),
        ("1.", Fraction(1)),
        (".5", Fraction(1, 2)),
        ("500m", Fraction(1, 2)),
        ("1k", Fraction(1000)),
        ("1Ki", Fraction(1024)),
        ("1.5Gi", Fraction(3 * 2**29)),
        ("2048Mi", Fraction(2**31)),
        ("1E", Fraction(10**18)),
        ("1E3", Fraction(1000)),
        ("1e3", Fraction(1000)),
        ("1e-3", Fraction(1, 1000)),
        ("1.5e+2", Fraction(150)),
        ("100n", Fraction(1, 10**7)),
        ("0.1n", Fraction(1, 10**9)),
        ("-0.1n", Fraction(-1, 10**9)),
        ("1.0000000001", Fraction(1_000_000_001, 10**9)),
        ("8Ei", Fraction(2**63 - 1)),
        ("-9Ei", Fraction(1 - 2**63)),
        ("10E", Fraction(10**19)),
    ],
)
def test_value(text: str, value: Fraction) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "1 ", " 1", "1\n", "1_000", "1,5", "0x10", "NaN", "Infinity", "inf", "one", "--1", "1.2.3"),
        *("1K", "1g", "1mi", "1ki", "1KI", "1GB", "1Gib", "1B", "1mm", "1e", "1e+", "1e3k", "1e1.5", "1Ei3", "1i"),
        *("٣", "1٣", ".", "+", "-", "m", "Gi", "e3"),
        *("1e1000", "1e-99999999999", "9" * 65, float("nan"), float("inf"), True, None, UNKNOWN, [], {}),
    ],
)
def test_no_quantity(value: Plain) -> None:
    with pytest.raises(InvalidQuantityError):
        parse(value)


def test_numbers_are_quantities() -> None:
    assert parse(3) == 3
    assert parse(0.1) == Fraction(1, 10)
    assert parse(1e-7) == Fraction(1, 10**7)


@given(_numbers, st.sampled_from(sorted(_SCALES)))
def test_value_is_number_times_suffix_rounded_up_to_nano(number: str, suffix: str) -> None:
    exact = Fraction(f"0{number}") * _SCALES[suffix]
    rounded = Fraction(math.ceil(exact * 10**9), 10**9)
    assert parse(number + suffix) == (min(rounded, Fraction(2**63 - 1)) if suffix.endswith("i") else rounded)


@given(_numbers, st.integers(-20, 20))
def test_exponents_mean_what_they_mean_in_decimal_numbers(number: str, exponent: int) -> None:
    exact = Fraction(f"0{number}") * Fraction(10) ** exponent
    assert parse(f"{number}e{exponent}") == Fraction(math.ceil(exact * 10**9), 10**9)
    assert parse(f"{number}E{exponent}") == parse(f"{number}e{exponent}")


@given(_quantities)
def test_sign_only_turns_the_value(quantity: str) -> None:
    unsigned = quantity.lstrip("+-")
    assert parse(f"+{unsigned}") == parse(unsigned)
    assert parse(f"-{unsigned}") == -parse(unsigned)


@given(_quantities, st.sampled_from([" ", "\n", "%", "B", "b", "g", "é", "._", "mm", "ii"]))
def test_no_legal_form_bears_an_illegal_end(quantity: str, end: str) -> None:
    with pytest.raises(InvalidQuantityError):
        parse(quantity + end)


@given(st.text() | st.text("0123456789.+-eEinumkKMGTP") | st.integers() | st.floats())
def test_anything_is_read_or_refused(value: Plain) -> None:
    found = read(Field(path="limits.cpu", value=value))
    assert isinstance(found, Fraction) or (isinstance(found, Unjudged) and found.path == "limits.cpu")


def test_absent_field_has_no_quantity() -> None:
    assert read(Field(path="limits.cpu", value=None)) is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [("much", 'is "much", which is no quantity'), (["1"], "is a list where a quantity is expected")],
)
def test_malformed_field_says_why(value: Plain, reason: str) -> None:
    assert read(Field(path="limits.cpu", value=value)) == Unjudged(path="limits.cpu", reason=reason)
