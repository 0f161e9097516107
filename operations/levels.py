"""The pack's levels for one stack: its environment's, its own, and what an acknowledgement lets pass."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

ACKNOWLEDGEMENT = "p2p-nodes:accept_replacement"
"""The setting that lists what an update may lose."""
PERMITTED: Mapping[str, tuple[str, ...]] = {
    "cluster": ("cluster-protect", "cluster-deletion-protection"),
    "volumes": ("storage-class-retains", "backup-plan-covers"),
}
"""Controls that would refuse the very update that takes a lock off, by the kind that must be acknowledged for it."""


def levels(environment: Mapping[str, Any], own: Mapping[str, Any], acknowledgement: str | None) -> dict[str, Any]:
    """The configuration of an environment with what the stack's own changes, and nothing stopped that is acknowledged.

    `acknowledgement` is the setting's text, a JSON list; what is no list acknowledges nothing.
    """
    permitted = {control for kind in acknowledged(acknowledgement) for control in PERMITTED.get(kind, ())}
    changed = {**environment, **{control: _changed(environment.get(control), given) for control, given in own.items()}}
    return {control: _advisory(given) if control in permitted else given for control, given in changed.items()}


def acknowledged(text: str | None) -> frozenset[str]:
    """The words of the setting's text, a JSON list. None for no setting; what is no list is nothing."""
    try:
        listed = json.loads(text or "[]")
    except json.JSONDecodeError:
        return frozenset()
    return frozenset(word for word in listed if isinstance(word, str)) if isinstance(listed, list) else frozenset()


def _changed(before: Any, given: Any) -> Any:
    """One control's configuration with what a stack gives of it: a level, or an object with what differs."""
    whole = {"enforcementLevel": before} if isinstance(before, str) else before or {}
    return {**whole, **({"enforcementLevel": given} if isinstance(given, str) else given)}


def _advisory(given: Any) -> Any:
    """The level lowered to advice, and never raised to it. A configuration has a level, or an object with one."""
    match given:
        case "mandatory":
            return "advisory"
        case {"enforcementLevel": "mandatory"}:
            return {**given, "enforcementLevel": "advisory"}
        case _:
            return given
