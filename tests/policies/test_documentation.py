"""docs/guardrails.md and policies/environments are what the controls say."""

from __future__ import annotations

from pathlib import Path

from guardrails.catalogue import CONTROLS, FAMILIES
from guardrails.documentation import environment_files, render

_ROOT = Path(__file__).parents[2]


def test_document_is_generated_from_the_controls() -> None:
    assert (_ROOT / "docs" / "guardrails.md").read_text(encoding="utf-8") == render(FAMILIES), "run: make docs"


def test_levels_of_environments_are_generated_from_the_controls() -> None:
    folder = _ROOT / "policies" / "environments"
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == environment_files(), (
        "run: make docs"
    )


def test_every_control_is_explained() -> None:
    document = render(FAMILIES)
    for control in CONTROLS:
        assert f"### {control.id}\n" in document
        assert control.source.url in document
        assert control.remediation in document
