"""The judgement as JSON, read by somebody who does not trust it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.judgement import Judgement
from operations.plans.reports import data


def without_links(judgement: Judgement) -> Judgement:
    controls = tuple(replace(control, source_url="", source_title="") for control in judgement.controls)
    return replace(judgement, controls=controls)


@pytest.mark.parametrize("case", ["judgement", "hostile"])
def test_what_was_written_is_read_but_for_its_links(case: str, request: pytest.FixtureRequest) -> None:
    judgement = request.getfixturevalue(case)
    assert data.read_untrusted(data.render(judgement)) == without_links(judgement)


def changed(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], str]:
    def apply(document: dict[str, Any]) -> str:
        change(document)
        return json.dumps(document)

    return apply


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: "x", id="no JSON"),
        pytest.param(lambda _: "[" * 100_000, id="deep"),
        pytest.param(lambda _: "[]", id="no object"),
        pytest.param(lambda d: json.dumps(d) + " " * data.LARGEST, id="too long"),
        pytest.param(changed(lambda d: d.update(version=2)), id="another version"),
        pytest.param(changed(lambda d: d.update(more=1)), id="more keys"),
        pytest.param(changed(lambda d: d.pop("subject")), id="fewer keys"),
        pytest.param(changed(lambda d: d.update(name="../x")), id="a path for a name"),
        pytest.param(changed(lambda d: d.update(subject=7)), id="a number for a text"),
        pytest.param(changed(lambda d: d.update(remarks=[7])), id="a number in a list of texts"),
        pytest.param(changed(lambda d: d["controls"][0].update(id="<b>")), id="markup for an id"),
        pytest.param(changed(lambda d: d["controls"][0].update(level="fatal")), id="another level"),
        pytest.param(changed(lambda d: d["controls"].append("x")), id="a text for a control"),
        pytest.param(changed(lambda d: d["rows"][0].update(kind="fine")), id="another kind"),
        pytest.param(changed(lambda d: d["rows"][0].update(kind=None)), id="no kind"),
        pytest.param(changed(lambda d: d["rows"][0].update(line=-1)), id="a line below one"),
        pytest.param(changed(lambda d: d["rows"][0].update(line=True)), id="true for a line"),
        pytest.param(changed(lambda d: d["rows"][0].update(file="/etc/passwd")), id="an absolute file"),
        pytest.param(changed(lambda d: d["rows"][0].update(file="a/../../b")), id="a file outside"),
        pytest.param(changed(lambda d: d["rows"][0].update(file="javascript:x")), id="a scheme"),
        pytest.param(changed(lambda d: d["rows"][0].update(message=[])), id="a list for a message"),
    ],
)
def test_anything_else_is_refused_without_quoting_it(judgement: Judgement, change: Any) -> None:
    given_text = change(json.loads(data.render(judgement)))
    with pytest.raises(data.NoJudgementError) as refused:
        data.read_untrusted(given_text)
    assert "<b>" not in str(refused.value)
    assert "passwd" not in str(refused.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["version", "subject", "name", "environment", "controls", "rows"]), JSON))
def test_no_shape_of_data_is_more_than_refused(document: dict[str, Any]) -> None:
    with pytest.raises(data.NoJudgementError):
        data.read_untrusted(json.dumps({"version": 1, **document}))
