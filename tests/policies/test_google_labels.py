"""Where labels are, against the SDK of the provider."""

from __future__ import annotations

import importlib
import inspect

import pytest
from guardrails.google_labels import INHERITING, PATHS


def _inputs(type_: str) -> set[str]:
    module, _, kind = type_.removeprefix("gcp:").partition(":")
    resource = getattr(importlib.import_module(f"pulumi_gcp.{module.partition('/')[0]}"), kind)
    return set(inspect.signature(resource._internal_init).parameters)


# Looking one name up loads every module of a service, the deprecated ones too.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("type_", PATHS)
def test_the_resource_takes_labels_there(type_: str) -> None:
    assert _snake(PATHS[type_][0]) in _inputs(type_)


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


@pytest.mark.parametrize(
    ("arguments", "type_"),
    [
        ("container.NodePoolNodeConfigArgs", "gcp:container/nodePool:NodePool"),
        ("sql.DatabaseInstanceSettingsArgs", "gcp:sql/databaseInstance:DatabaseInstance"),
    ],
)
def test_so_does_what_is_below_it(arguments: str, type_: str) -> None:
    module, _, name = arguments.partition(".")
    class_ = getattr(importlib.import_module(f"pulumi_gcp.{module}"), name)
    _, below = PATHS[type_]
    assert isinstance(class_, type)
    assert _snake(below) in inspect.signature(class_).parameters


def test_the_provider_adds_labels_to_resources_alone() -> None:
    assert {path for path in PATHS.values() if len(path) == 1} >= INHERITING
