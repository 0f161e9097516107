"""The provider's configuration."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.plugins.gcp import config
from sandbox.simulator.catalogue import Catalogue
from sandbox.simulator.identity import Defaults
from sandbox.simulator.paths import UNKNOWN


@pytest.mark.parametrize(
    ("given", "path", "says"),
    [
        ({"projct": "p"}, "projct", "Invalid or unknown provider setting 'projct'. Did you mean 'project'?"),
        ({"project": 7}, "project", "expected a string, got 7"),
        ({"zone": ["a"]}, "zone", "expected a string"),
    ],
)
def test_refused(given: dict[str, Any], path: str, says: str) -> None:
    (problem,) = config.refusals(Catalogue().types.provider, given)
    assert problem.path == path
    assert says in problem.reason


def test_accepted() -> None:
    given = {
        "project": "p",
        "region": UNKNOWN,
        "zone": None,
        "version": "10.2.0",
        "addPulumiAttributionLabel": "true",
    }
    assert config.refusals(Catalogue().types.provider, given) == []
    assert config.defaults({"project": "p", "region": ""}) == Defaults(project="p")
