from __future__ import annotations

import json
from collections.abc import Iterator

import pulumi.runtime
import pytest

from components.stack_config import read_stack_config


@pytest.fixture(autouse=True)
def no_configuration_is_left_behind() -> Iterator[None]:
    pulumi.runtime.set_all_config({}, [])
    yield
    pulumi.runtime.set_all_config({}, [])


CONFIG = {
    "p2p-nodes:project": "a-project",
    "p2p-nodes:node": '{"replicas": 2}',
    "p2p-nodes:misspelled": "[1]",
    "p2p-nodes:broken": "{not json",
    "pulumi:disable-default-providers": '["gcp"]',
    "gcp:project": "another",
}
EXPECTED = {"project": "a-project", "node": {"replicas": 2}, "misspelled": [1], "broken": "{not json"}


def test_under_the_automation_api() -> None:
    pulumi.runtime.set_all_config(CONFIG, [])
    assert read_stack_config("p2p-nodes") == EXPECTED


def test_under_the_language_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(CONFIG))
    assert read_stack_config("p2p-nodes") == EXPECTED


def test_without_any_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_CONFIG", raising=False)
    assert read_stack_config("p2p-nodes") == {}
