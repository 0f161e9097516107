"""The provider's configuration, checked against pulumi_gcp's own; the simulator uses project, region and zone."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from sandbox.simulator.check import Problem
from sandbox.simulator.identity import Defaults
from sandbox.simulator.paths import UNKNOWN
from sandbox.simulator.schema import Properties

# The engine's own keys.
_ENGINE = frozenset({"version", "pluginDownloadURL", "__internal"})
_USED = ("project", "region", "zone")


def refusals(known: Properties, given: Mapping[str, Any]) -> list[Problem]:
    """Unknown keys, and values of the keys used here that are no text. The engine hands other values over as JSON."""
    found = []
    for name, value in given.items():
        if name not in known and name not in _ENGINE:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            found.append(Problem(path=name, reason=f"Invalid or unknown provider setting {name!r}.{hint}"))
        elif name in _USED and value is not None and value is not UNKNOWN and not isinstance(value, str):
            found.append(Problem(path=name, reason=f"expected a string, got {value!r}"))
    return found


def defaults(given: Mapping[str, Any]) -> Defaults:
    """What resources inherit."""
    return Defaults(**{name: given.get(name) or None for name in _USED})
