"""Exemptions as they are written; `cases/exemption_valid.yaml` has the ones that are refused."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from guardrails.exemptions import ID, LONGEST, Exemption, in_force
from guardrails.resource import Resource
from hypothesis import given
from hypothesis import strategies as st

DAY = datetime.date(2026, 11, 24)
KEY = "guardrails-exempt-a-control"


def _in_force(**props: Any) -> dict[str, Exemption]:
    return in_force(Resource(type="t", name="n", urn="u", props=props), DAY)


@pytest.mark.parametrize("place", ["labels", "resourceLabels", "userLabels"])
def test_labels_of_google_cloud(place: str) -> None:
    [exemption] = _in_force(**{place: {KEY: "2026-12-01_vendor-has-no-other"}}).values()
    assert exemption == Exemption(
        control="a-control",
        until=datetime.date(2026, 12, 1),
        reason="vendor-has-no-other",
        path=f"{place}.{KEY}",
    )


@pytest.mark.parametrize(("holder", "place"), [("nodeConfig", "resourceLabels"), ("settings", "userLabels")])
def test_labels_of_what_has_none_of_its_own(holder: str, place: str) -> None:
    [exemption] = _in_force(**{holder: {place: {KEY: "2026-12-01_vendor-has-no-other"}}}).values()
    assert exemption.path == f"{holder}.{place}.{KEY}"


def test_nothing_is_exempt_from_the_control_of_exemptions() -> None:
    assert _in_force(labels={f"guardrails-exempt-{ID}": "2026-12-01_why"}) == {}


def test_labels_of_kubernetes_are_no_place_for_it() -> None:
    assert _in_force(metadata={"labels": {KEY: "2026-12-01_vendor"}}) == {}


@given(
    st.dates(min_value=DAY - datetime.timedelta(days=400), max_value=DAY + datetime.timedelta(days=400)),
    st.sampled_from(["_", ": ", " - ", "; "]),
)
def test_it_holds_to_the_end_of_its_day(until: datetime.date, between: str) -> None:
    found = _in_force(metadata={"annotations": {KEY: f"{until.isoformat()}{between}a reason"}})
    assert [(one.until, one.reason) for one in found.values()] == (
        [(until, "a reason")] if DAY <= until <= DAY + LONGEST else []
    )


@pytest.mark.parametrize("value", ["2026-12-01__", "2026-12-01: _", "2026-12-01 - ", "2026-12-01" + "-" * 250_000])
def test_what_has_no_word_is_no_reason(value: str) -> None:
    assert _in_force(metadata={"annotations": {KEY: value}}) == {}


def test_a_reason_may_be_in_any_script() -> None:
    [exemption] = _in_force(metadata={"annotations": {KEY: "2026-12-01: причина"}}).values()
    assert exemption.reason == "причина"


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    assert set(_in_force(metadata={"annotations": {KEY: text}})) <= {"a-control"}
