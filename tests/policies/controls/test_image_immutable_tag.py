"""Which tags count as immutable, as properties; the examples are in `cases/image_immutable_tag.yaml`."""

from __future__ import annotations

import datetime
import string

import pytest
from guardrails.control import Resource
from guardrails.controls.image_immutable_tag import CONTROL, is_immutable
from hypothesis import given
from hypothesis import strategies as st

_numbers = st.integers(0, 10**6)
_prefixes = st.sampled_from(["", "v", "contextfree-", "contextfree-v", "a.b_c-d1-v"])
_identifiers = st.text(string.ascii_letters + "-", min_size=1, max_size=6).filter(lambda text: "latest" not in text)
_prereleases = st.lists(_identifiers | _numbers.map(str), max_size=3).map(".".join)
_hexadecimal = "0123456789abcdef"


@given(_prefixes, _numbers, _numbers, _numbers, _prereleases)
def test_semver_is_immutable(prefix: str, major: int, minor: int, patch: int, prerelease: str) -> None:
    assert is_immutable(f"{prefix}{major}.{minor}.{patch}" + (f"-{prerelease}" if prerelease else ""))


@given(_prefixes, st.lists(_numbers, min_size=1, max_size=6).filter(lambda numbers: len(numbers) != 3))
def test_other_counts_of_numbers_are_not(prefix: str, numbers: list[int]) -> None:
    assert not is_immutable(prefix + ".".join(map(str, numbers)))


@given(_prefixes, _numbers, _numbers, _numbers, st.integers(0, 2))
def test_leading_zeros_are_not(prefix: str, major: int, minor: int, patch: int, position: int) -> None:
    numbers = [str(major), str(minor), str(patch)]
    numbers[position] = f"0{numbers[position]}"
    assert not is_immutable(prefix + ".".join(numbers))


@given(st.text(_hexadecimal, min_size=1, max_size=70))
def test_shas_are_immutable_at_their_lengths(digits: str) -> None:
    assert is_immutable(digits) == (len(digits) in {40, 64})
    assert is_immutable(f"sha-{digits}") == (7 <= len(digits) <= 40 or len(digits) == 64)


@given(st.dates(min_value=datetime.date(1970, 1, 1)))
def test_dates_are_not(date: datetime.date) -> None:
    assert not is_immutable(date.strftime("%Y%m%d"))


@given(st.text(string.ascii_letters + string.digits + "_.-", max_size=128))
def test_any_text_is_judged(tag: str) -> None:
    assert is_immutable(tag) in {True, False}


@pytest.mark.parametrize(("type_", "expected"), [("kubernetes:core/v1:PodPatch", 0), ("kubernetes:core/v1:Pod", 1)])
def test_only_a_patch_may_leave_the_image_alone(type_: str, expected: int) -> None:
    resource = Resource(type=type_, name="n", urn="urn:n", props={"spec": {"containers": [{"name": "node"}]}})
    assert len(list(CONTROL.judge(resource))) == expected
