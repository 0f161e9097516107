from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.components.port_sets import EVERYTHING, NOTHING, PROTOCOLS, PortSet, ports, read

SPANS = st.tuples(st.sampled_from(PROTOCOLS), st.integers(1, 65_535), st.integers(1, 65_535)).map(
    lambda span: ports(span[0], min(span[1:]), max(span[1:]))
)


@pytest.mark.parametrize(
    ("meant", "text"),
    [
        (NOTHING, "nothing"),
        (EVERYTHING, "every port"),
        (ports("TCP", 443, 443), "TCP 443"),
        (ports("UDP"), "UDP 1-65535"),
        (ports("TCP", 1, 79) | ports("TCP", 81, 442) | ports("UDP", 53, 53), "TCP 1-79 81-442, UDP 53"),
        (ports("TCP", 1, 5) | ports("TCP", 6, 9), "TCP 1-9"),
        (ports("TCP", 1, 5) & ports("TCP", 5, 9), "TCP 5"),
        (ports("TCP") & ports("UDP"), "nothing"),
        (ports("TCP") | ports("UDP"), "TCP 1-65535, UDP 1-65535"),
    ],
)
def test_people_read_and_write_them(meant: PortSet, text: str) -> None:
    assert str(meant) == text
    assert read(text) == meant


@given(st.lists(SPANS, max_size=5))
def test_nothing_is_lost_in_writing(spans: list[PortSet]) -> None:
    union = NOTHING
    for span in spans:
        union |= span
    assert read(str(union)) == union


@pytest.mark.parametrize("text", ["", "TCP", "80", "ICMP 1", "TCP 0", "TCP 9-1", "TCP 65536", "TCP a"])
def test_what_are_no_ports(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(text)
