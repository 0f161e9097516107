from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from sandbox.vertical_autoscaling.picture import picture
from tests.sandbox.vertical_autoscaling.test_recording import recorded

SVG = "{http://www.w3.org/2000/svg}"


def drawn() -> ElementTree.Element:
    return ElementTree.fromstring(picture(recorded().samples, "A <title> & more"))  # noqa: S314 - made here


def test_it_says_what_each_line_is() -> None:
    texts = [element.text for element in drawn().iter(f"{SVG}text")]
    for expected in ("A <title> & more", "p2p-node-0: used", "p2p-node-1: request", "recommended request", "restarts"):
        assert expected in texts


def test_three_lines_a_pod_and_one_for_the_recommendation() -> None:
    assert len(list(drawn().iter(f"{SVG}path"))) == 3 * 2 + 1


def test_a_gap_where_a_pod_is_down() -> None:
    bars = [element for element in drawn().iter(f"{SVG}rect") if element.get("fill", "").startswith("#")]
    # One of the first pod, which is back at the last sample only, and one of the second, which was never down.
    assert len(bars) == 2
    assert float(bars[0].attrib["width"]) < float(bars[1].attrib["width"]) / 3


def test_every_number_is_finite_and_inside() -> None:
    text = picture(recorded().samples, "title")
    assert "nan" not in text
    assert "inf" not in text
    assert all(0 <= float(x) <= 920 for x in re.findall(r'\bx[12]?="([-\d.]+)"', text))


def test_nothing_to_draw() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        picture([], "title")


def test_a_single_sample_can_be_drawn() -> None:
    assert picture(recorded().samples[:1], "title").startswith("<svg")
