"""Each control against its cases: a valid baseline and one mutation a case, as data in `cases/`."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from guardrails.catalogue import CONTROLS
from guardrails.control import Control, Finding, Resource, Unjudged
from guardrails.plain import UNKNOWN
from hypothesis import given
from hypothesis import strategies as st

_STEP = re.compile(r'\["(?P<quoted>[^"]+)"\]|\[(?P<index>\d+)\]|\.?(?P<key>[^.\[]+)')


class _Loader(yaml.SafeLoader):
    """YAML with `!unknown` for a value that is not known before the update."""


_Loader.add_constructor("!unknown", lambda _loader, _node: UNKNOWN)

_FILES: list[dict[str, Any]] = [
    yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  a subclass of the safe loader
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
]
_BY_ID: dict[str, Control] = {control.id: control for control in CONTROLS}


def _mutated(file: dict[str, Any], case: dict[str, Any]) -> Resource:
    """The baseline with one field set to the case's value, or removed where the case has none."""
    props = copy.deepcopy(file["baseline"]["props"])
    steps: list[str | int] = [
        int(step["index"]) if step["index"] else step["quoted"] or step["key"]
        for step in _STEP.finditer(case.get("path", file["path"]))
    ]
    target = props
    for step in steps[:-1]:
        target = target[step]
    if "value" in case:
        target[steps[-1]] = case["value"]
    else:
        del target[steps[-1]]
    baseline = file["baseline"]
    return Resource(
        type=case.get("type", baseline["type"]), name=baseline["name"], urn=f"urn:{baseline['name']}", props=props
    )


def _cases(verdict: str) -> list[Any]:
    return [
        pytest.param(file, case, id=f"{file['control']}-{case['because']}")
        for file in _FILES
        for case in file.get(verdict, [])
    ]


def _outcomes(file: dict[str, Any], resource: Resource) -> list[Finding | Unjudged]:
    return list(_BY_ID[file["control"]].judge(resource))


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file["control"])
def test_baseline_passes(file: dict[str, Any]) -> None:
    assert _outcomes(file, Resource(urn="urn:baseline", **file["baseline"])) == []


@pytest.mark.parametrize(("file", "case"), _cases("passes"))
def test_case_passes(file: dict[str, Any], case: dict[str, Any]) -> None:
    assert _outcomes(file, _mutated(file, case)) == []


@pytest.mark.parametrize(("file", "case"), _cases("fails"))
def test_case_fails_once_at_its_field(file: dict[str, Any], case: dict[str, Any]) -> None:
    _assert_reported(file, case, Finding)


@pytest.mark.parametrize(("file", "case"), _cases("unjudged"))
def test_case_is_noted_once_at_its_field(file: dict[str, Any], case: dict[str, Any]) -> None:
    _assert_reported(file, case, Unjudged)


def _assert_reported(file: dict[str, Any], case: dict[str, Any], kind: type[Finding | Unjudged]) -> None:
    resource = _mutated(file, case)
    [outcome] = _outcomes(file, resource)
    message = outcome.message(resource)
    path = case.get("at", case.get("path", file["path"]))
    assert isinstance(outcome, kind)
    assert f'"{resource.name}", {path}' in message
    assert case.get("says", "") in message


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_control_has_passing_and_failing_cases(control: Control) -> None:
    files = [file for file in _FILES if file["control"] == control.id]
    assert [bool(file.get("passes")) and bool(file.get("fails")) for file in files] == [True]


_NAMES = st.sampled_from(["spec", "template", "jobTemplate", "containers", "volumes", "image", "externalIPs", "type"])
_SHAPES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(UNKNOWN),
    lambda shapes: st.lists(shapes, max_size=3) | st.dictionaries(_NAMES, shapes, max_size=4),
)


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file["control"])
@given(props=st.dictionaries(_NAMES, _SHAPES))
def test_no_shape_of_data_makes_a_control_raise(file: dict[str, Any], props: dict[str, Any]) -> None:
    resource = Resource(type=file["baseline"]["type"], name="n", urn="urn:n", props=props)
    messages = [outcome.message(resource) for outcome in _outcomes(file, resource)]
    assert len(set(messages)) == len(messages)
    assert not any("UNKNOWN" in message for message in messages)


def test_cases_are_of_known_controls() -> None:
    assert {file["control"] for file in _FILES} == set(_BY_ID)


def test_ids_are_unique_and_stable_in_form() -> None:
    ids = [control.id for control in CONTROLS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", id_) for id_ in ids)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_control_explains_itself(control: Control) -> None:
    assert all([control.title, control.reason, control.source.title, control.remediation])
    assert control.source.url.startswith("https://")
