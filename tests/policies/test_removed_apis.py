"""The table of removed API versions, against the kinds that the SDK knows."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest
from guardrails.removed_apis import NEWEST_MINOR, REMOVED, Removal, removal

_ENTRIES = [(api_version, kind, what) for api_version, kinds in REMOVED.items() for kind, what in kinds.items()]
# Reviews are questions to the API server, which the SDK has no resources for; nor has it custom resources.
_NOT_IN_SDK = ("authentication.k8s.io", "authorization.k8s.io", "autoscaling.k8s.io")


@pytest.mark.parametrize(("api_version", "kind", "what"), _ENTRIES)
def test_the_replacement_is_not_removed_itself(api_version: str, kind: str, what: Removal) -> None:
    assert what.minor <= NEWEST_MINOR
    assert what.replacement != api_version
    assert what.replacement not in REMOVED or kind not in REMOVED[what.replacement]


@pytest.mark.parametrize(("api_version", "kind", "what"), _ENTRIES)
def test_kind_and_replacement_are_the_sdks(api_version: str, kind: str, what: Removal) -> None:
    if api_version.startswith(_NOT_IN_SDK):
        return
    own, replacing = (_module(version) for version in (api_version, what.replacement or api_version))
    assert hasattr(replacing, kind)
    assert own.__name__ != replacing.__name__ or not what.replacement


def _module(api_version: str) -> ModuleType:
    group, _, version = api_version.partition("/")
    return importlib.import_module(f"pulumi_kubernetes.{group.partition('.')[0]}.{version}")


@pytest.mark.parametrize(("api_version", "kind", "what"), _ENTRIES)
def test_it_is_removed_from_its_release_on(api_version: str, kind: str, what: Removal) -> None:
    assert removal(api_version, kind, minor=what.minor) is what
    assert removal(api_version, kind, minor=NEWEST_MINOR) is what
    assert removal(api_version, kind, minor=what.minor - 1) is None
