"""Each control against its cases: a valid baseline and one mutation a case, as data in `cases/`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from guardrails.catalogue import CONTROLS
from guardrails.control import Control, Finding, Rule, StackControl, Unjudged
from guardrails.plain import UNKNOWN
from hypothesis import given
from hypothesis import strategies as st

from tests.policies.case_files import BY_ID, FILES, Case, judged, keys_of


def _cases(verdict: str) -> list[Any]:
    return [
        pytest.param(Case(file=file, data=case), id=f"{file['control']}-{case['because']}")
        for file in FILES
        for case in file.get(verdict) or []
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file["control"])
def test_baseline_passes(file: dict[str, Any]) -> None:
    assert Case(file=file, data={}).outcomes() == []


@pytest.mark.parametrize("case", _cases("passes"))
def test_case_passes(case: Case) -> None:
    assert case.outcomes() == []


@pytest.mark.parametrize("case", _cases("fails"))
def test_case_fails_once_at_its_field(case: Case) -> None:
    _assert_reported(case, Finding)


@pytest.mark.parametrize("case", _cases("unjudged"))
def test_case_is_noted_once_at_its_field(case: Case) -> None:
    _assert_reported(case, Unjudged)


def _assert_reported(case: Case, kind: type[Finding | Unjudged]) -> None:
    [(resource, outcome)] = case.outcomes()
    message = outcome.message(resource)
    assert isinstance(outcome, kind)
    assert case.named in message
    assert case.data.get("says", "") in message


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_control_has_passing_and_failing_cases(control: Rule[Any]) -> None:
    files = [file for file in FILES if file["control"] == control.id]
    assert [bool(file.get("passes")) and bool(file.get("fails")) for file in files] == [True]


def _shapes(names: list[str]) -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(UNKNOWN)
    return st.recursive(
        leaves,
        lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(names), below, max_size=4),
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file["control"])
@given(data=st.data())
def test_no_shape_of_data_makes_a_control_raise(file: dict[str, Any], data: st.DataObject) -> None:
    baseline = Case(file=file, data={}).resources()
    names = sorted({key for resource in baseline for key in keys_of(resource.props)}) or ["spec"]
    spoilt = data.draw(st.sampled_from(baseline))
    props = data.draw(st.dictionaries(st.sampled_from(names), _shapes(names), max_size=4))
    resources = [replace(one, props={**one.props, **props}) if one is spoilt else one for one in baseline]
    messages = [outcome.message(resource) for resource, outcome in judged(BY_ID[file["control"]], resources)]
    assert len(set(messages)) == len(messages)
    assert not any("UNKNOWN" in message for message in messages)


_KEYS_OF_A_FILE = {"control", "baseline", "parameters", "path", "on", "passes", "fails", "unjudged"}
_KEYS_OF_A_CASE = {"because", "path", "value", "on", "of", "at", "says", "type", "protect", "provider"} | {
    "without",
    "adding",
    "parameters",
}


def test_files_have_known_keys_alone() -> None:
    """A bare `on` is a boolean in YAML 1.1: it must be quoted."""
    for file in FILES:
        assert set(file) <= _KEYS_OF_A_FILE, file["control"]
        for verdict in ("passes", "fails", "unjudged"):
            for case in file.get(verdict) or []:
                assert set(case) <= _KEYS_OF_A_CASE, (file["control"], case["because"])


def test_cases_are_of_known_controls() -> None:
    assert {file["control"] for file in FILES} == set(BY_ID)


def test_ids_are_unique_and_stable_in_form() -> None:
    ids = [control.id for control in CONTROLS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", id_) for id_ in ids)
    # An exemption's key, `guardrails-exempt-<id>`, must fit into a label of Google Cloud.
    assert all(len(f"guardrails-exempt-{id_}") <= 63 for id_ in ids)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_control_explains_itself(control: Rule[Any]) -> None:
    assert all([control.title, control.reason, control.source.title, control.remediation])
    assert control.source.url.startswith("https://")
    assert isinstance(control, Control | StackControl)
    assert all(field.description for field in type(control.parameters).model_fields.values())
