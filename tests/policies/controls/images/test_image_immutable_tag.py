"""Which tags count as immutable, as properties; the examples are in `cases/image_immutable_tag.yaml`."""

from __future__ import annotations

import datetime
import re
import string

import pytest
from guardrails.controls.images.image_immutable_tag import CONTROL, is_immutable
from guardrails.resource import Resource
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


_TIMES = ["%Y%m%d", "%y%m%d", "%d%m%Y", "%Y%m%d%H%M", "%Y%m%d%H%M%S", "%Y%m%d-%H%M%S", "%Y-%m-%d", "%Y_%m_%d", "%s"]


@given(
    st.datetimes(min_value=datetime.datetime(1970, 1, 2), max_value=datetime.datetime(2999, 12, 31)),
    st.sampled_from(_TIMES),
    st.sampled_from(["", "v", "nightly-", "build-v", "main-"]),
)
def test_dates_are_not(time: datetime.datetime, form: str, prefix: str) -> None:
    assert not is_immutable(prefix + time.strftime(form))


@given(st.dates(min_value=datetime.date(1970, 1, 1)))
def test_dates_with_dots_are_where_they_are_semver(date: datetime.date) -> None:
    assert is_immutable(f"{date.year}.{date.month}.{date.day}")
    # SemVer allows no leading zeros.
    assert is_immutable(date.strftime("%Y.%m.%d")) == (date.month >= 10 and date.day >= 10 and date.year >= 1000)


# The grammar that https://semver.org/#backusnaur-form-grammar-for-valid-semver-versions gives, without build metadata:
# a plus sign is not legal in a tag.
_NUMERIC = st.just("0") | st.from_regex(r"[1-9][0-9]{0,5}", fullmatch=True)
_ALPHANUMERIC = st.from_regex(r"[0-9A-Za-z-]{0,4}[A-Za-z-][0-9A-Za-z-]{0,4}", fullmatch=True).filter(
    lambda text: "latest" not in text
)
_CORES = st.lists(_NUMERIC, min_size=3, max_size=3).map(".".join)
_PRERELEASES = st.lists(_NUMERIC | _ALPHANUMERIC, min_size=1, max_size=4).map(".".join)


@given(_CORES, st.just("") | _PRERELEASES.map("-{}".format))
def test_every_version_of_the_grammar_is_immutable(core: str, prerelease: str) -> None:
    assert is_immutable(core + prerelease)


@given(_CORES, _PRERELEASES, st.sampled_from([".", "..a", ".01", ".a.", "_", "é", "\n"]))
def test_no_version_bears_an_illegal_end(core: str, prerelease: str, end: str) -> None:
    assert not is_immutable(core + end)
    assert not is_immutable(f"{core}-{prerelease}{end}")


@given(st.sampled_from(["", "v"]), st.from_regex(r"[0-9][0-9.ax-]{0,12}", fullmatch=True))
def test_what_has_no_prefix_is_immutable_where_semver_says_so(v: str, tag: str) -> None:
    core, _, prerelease = tag.partition("-")
    numbers = core.split(".")
    identifiers = prerelease.split(".") if "-" in tag else []
    legal = (
        len(numbers) == 3
        and all(re.fullmatch(r"0|[1-9]\d*", number) for number in numbers)
        and all(re.fullmatch(r"0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*", identifier) for identifier in identifiers)
    )
    assert is_immutable(v + tag) == legal


@given(st.text(string.ascii_letters + string.digits + "_.-", max_size=128))
def test_any_text_is_judged(tag: str) -> None:
    assert is_immutable(tag) in {True, False}


@pytest.mark.parametrize(("type_", "expected"), [("kubernetes:core/v1:PodPatch", 0), ("kubernetes:core/v1:Pod", 1)])
def test_only_a_patch_may_leave_the_image_alone(type_: str, expected: int) -> None:
    resource = Resource(type=type_, name="n", urn="urn:n", props={"spec": {"containers": [{"name": "node"}]}})
    assert len(list(CONTROL.judge(resource, CONTROL.parameters))) == expected
