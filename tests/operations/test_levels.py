"""What an acknowledgement lets pass, and that what it names exists."""

from __future__ import annotations

from typing import Any

import pytest
from guardrails.catalogue import CONTROLS

from operations.levels import PERMITTED, acknowledged, levels
from operations.plans.losses import PRECIOUS

ENVIRONMENT: dict[str, Any] = {
    "cluster-protect": {"enforcementLevel": "mandatory", "types": ["t"]},
    "cluster-deletion-protection": "mandatory",
    "storage-class-retains": {"enforcementLevel": "disabled"},
    "image-immutable-tag": {"enforcementLevel": "mandatory"},
}


@pytest.mark.parametrize(
    "text", [None, "[]", '["keys"]', '["databases"]', "cluster", '"cluster"', '{"cluster": 1}', "[1]"]
)
def test_nothing_is_lowered_without_its_kind(text: str | None) -> None:
    assert levels(ENVIRONMENT, {}, text) == ENVIRONMENT


def test_what_is_acknowledged_is_said_and_stops_nothing() -> None:
    assert levels(ENVIRONMENT, {}, '["cluster", "volumes"]') == {
        "cluster-protect": {"enforcementLevel": "advisory", "types": ["t"]},
        "cluster-deletion-protection": "advisory",
        "storage-class-retains": {"enforcementLevel": "disabled"},
        "image-immutable-tag": {"enforcementLevel": "mandatory"},
    }


def test_a_stack_s_own_levels_and_parameters_go_before_its_environment_s() -> None:
    own = {
        "cluster-protect": {"types": ["u"]},
        "cluster-deletion-protection": "disabled",
        "storage-class-retains": "mandatory",
        "no-control": "advisory",
    }
    assert levels(ENVIRONMENT, own, '["volumes"]') == {
        "cluster-protect": {"enforcementLevel": "mandatory", "types": ["u"]},
        "cluster-deletion-protection": {"enforcementLevel": "disabled"},
        "storage-class-retains": {"enforcementLevel": "advisory"},
        "image-immutable-tag": {"enforcementLevel": "mandatory"},
        # The pack refuses it by its name.
        "no-control": {"enforcementLevel": "advisory"},
    }


def test_kinds_and_controls_exist() -> None:
    assert set(PERMITTED) <= {kind for kinds in PRECIOUS.values() for kind in kinds}
    assert {control for controls in PERMITTED.values() for control in controls} <= {rule.id for rule in CONTROLS}


def test_words_are_read_from_a_list_alone() -> None:
    assert acknowledged('["cluster", 1, null]') == {"cluster"}
    assert acknowledged("{") == frozenset()
