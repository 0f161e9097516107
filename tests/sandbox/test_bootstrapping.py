"""What the bootstrap's state holds is nobody's left-over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox import bootstrapping
from sandbox.layout import Layout
from tests.program_mocks import stack_config


@pytest.fixture
def stacks(tmp_path: Path) -> Path:
    found = tmp_path / "engine" / "bootstrap" / "state" / ".pulumi" / "stacks" / "p2p-nodes-bootstrap"
    found.mkdir(parents=True)
    return found


def test_it_is_the_project_of_the_sandbox_s_stack() -> None:
    assert stack_config("sandbox")["p2p-nodes:project"] == bootstrapping.PROJECT


def test_ids_are_those_of_the_state(stacks: Path, tmp_path: Path) -> None:
    resources = [{"urn": "urn:component"}, {"urn": "urn:bucket", "id": "a-bucket"}]
    (stacks / "p.json").write_text(json.dumps({"version": 3, "checkpoint": {"latest": {"resources": resources}}}))
    assert bootstrapping.owned(Layout(root=tmp_path)) == {"a-bucket"}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"checkpoint": {"latest": null}}', '{"checkpoint": {}}'])
def test_an_empty_or_damaged_state_holds_nothing(stacks: Path, tmp_path: Path, content: str) -> None:
    (stacks / "p.json").write_text(content)
    assert bootstrapping.owned(Layout(root=tmp_path)) == frozenset()


def test_before_the_first_bootstrap_there_is_none(tmp_path: Path) -> None:
    assert bootstrapping.owned(Layout(root=tmp_path)) == frozenset()
