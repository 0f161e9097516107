"""Which mistakes silence which checks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from settings import Mistake, StackSettings, checks, descriptions
from settings.checks import CHECKS, Check
from settings.fields import Section
from tests.settings.configurations import RIGHT

# A label is judged by itself: those that are wrong in themselves are left out of what the check sees.
JUDGED = [check for check in CHECKS if check.run.__name__ != "_labels"]
ELSEWHERE: dict[str, Any] = {
    "environment": "recovery",
    "recovery": {"primary_region": "europe-west1"},
    "accept_replacement": ["cluster"],
    "network": {"shared_vpc": {"host_project": "host-project"}},
    "cluster": {
        "control_plane_access": "ip",
        "zones": ["europe-west4-a"],
        "maintenance": {"exclusions": [{"name": "a", "start": "2026-12-02T00:00:00Z", "end": "2026-12-01T00:00:00Z"}]},
    },
    "storage": {"encryption_key": "projects/p/locations/us-west1/keyRings/r/cryptoKeys/k"},
    "node": {"replicas": 20, "vertical_autoscaling": {"mode": "Off", "max_memory_mib": 1_000_000}},
}


@pytest.mark.parametrize("config", [RIGHT, {**RIGHT, **ELSEWHERE}], ids=["right", "wrong"])
@pytest.mark.parametrize("check", JUDGED, ids=lambda check: check.run.__name__)
def test_a_check_needs_all_that_it_reads(check: Check, config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would judge the default that stands in for a mistake."""
    stack = StackSettings.model_validate_json(json.dumps(config))
    read: set[tuple[type[object], str]] = set()

    def recorded(section: Section, name: str) -> object:
        read.add((type(section), name))
        return object.__getattribute__(section, name)

    monkeypatch.setattr(Section, "__getattribute__", recorded, raising=False)
    list(check.run(stack))
    monkeypatch.undo()
    settings_read = {path for holder, name, path in holders(StackSettings) if (holder, name) in read}
    assert settings_read
    needed = [tuple(need.split(".")) for need in check.needs]
    assert [path for path in settings_read if not any(path[: len(need)] == need for need in needed)] == []


def holders(model: type[BaseModel], place: tuple[str, ...] = ()) -> Iterator[tuple[type[object], str, tuple[str, ...]]]:
    """Each setting: the model that holds it, its name there, its path."""
    for name, field in model.model_fields.items():
        inner = descriptions.section(field)
        if inner is None:
            yield model, name, (*place, name)
        else:
            yield from holders(inner, (*place, name))


@pytest.mark.parametrize("check", JUDGED, ids=lambda check: check.run.__name__)
def test_a_check_is_left_out_where_what_it_needs_is_wrong(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    said = Mistake(key="k", got="g", allowed="a", advice="d")
    spoken = Check(needs=check.needs, run=lambda stack: iter([said]))
    monkeypatch.setattr(checks, "CHECKS", (spoken,))
    stack = StackSettings.model_validate_json(json.dumps(RIGHT))
    assert checks.across(stack, wrong=[("labels",)]) == [said]
    for need in check.needs:
        path = tuple(need.split("."))
        for wrong in (path, path[:1], (*path, "below")):
            assert checks.across(stack, wrong=[wrong]) == []
