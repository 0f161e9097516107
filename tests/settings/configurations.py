"""Configurations that are right but for what a test changes, and the mistakes that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import settings

Config = Mapping[str, Any]
RIGHT: Config = {
    "project": "a-project",
    "cluster": {"external_access": True},
    "node": {"dns": {"zone": "nodes", "domain": "nodes.example.org"}},
}
"""The least that load() takes."""


def merged(one: Config, other: Config) -> dict[str, Any]:
    """`one` with what `other` says, section by section."""
    both = {
        key: merged(one[key], value) if isinstance(value, Mapping) and isinstance(one.get(key), Mapping) else value
        for key, value in other.items()
    }
    return {**one, **both}


def load(given: Config) -> settings.StackSettings:
    return settings.load(merged(RIGHT, given))


def mistakes(given: Config) -> dict[str, settings.Mistake]:
    """By key without the namespace; no two of a key."""
    with pytest.raises(settings.SettingsError) as caught:
        load(given)
    found = {mistake.key.removeprefix("p2p-nodes:"): mistake for mistake in caught.value.mistakes}
    assert len(found) == len(caught.value.mistakes)
    assert all(mistake.key.startswith("p2p-nodes:") for mistake in caught.value.mistakes)
    return found


def assert_only_mistake(given: Config, *, key: str, got: str, allowed: str, advice: str) -> None:
    """That there is this mistake alone, and that each of its parts says so."""
    found = mistakes(given)
    assert list(found) == [key]
    assert got in found[key].got
    assert allowed in found[key].allowed
    assert advice in found[key].advice
