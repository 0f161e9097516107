"""The controls as the pack's configuration sets them."""

import json
from pathlib import Path

import pytest
from guardrails.catalogue import CONTROLS
from guardrails.control import Environment

from operations.adapters.catalogue import controls
from operations.errors import OperationError

PACK = Path(__file__).parents[3] / "policies"


@pytest.mark.parametrize("environment", list(Environment))
def test_every_control_at_its_environment_s_level(environment: Environment) -> None:
    found = {control.id: control for control in controls(PACK / "environments" / f"{environment}.json")}
    assert list(found) == [rule.id for rule in CONTROLS]
    assert {id_: one.level for id_, one in found.items()} == {
        rule.id: rule.levels.at(environment).value for rule in CONTROLS
    }


def test_a_file_changes_levels(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text(json.dumps({CONTROLS[0].id: "disabled"}))
    assert controls(tmp_path / "mine.json")[0].level == "disabled"


@pytest.mark.parametrize("text", ["{", '{"no-such-control": "mandatory"}', "[]", "null", None])
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "mine.json").write_text(text)
    with pytest.raises(OperationError, match=r"mine\.json cannot be used: "):
        controls(tmp_path / "mine.json")
