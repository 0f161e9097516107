"""docs/guardrails.md is what the controls say."""

from __future__ import annotations

from pathlib import Path

from guardrails.catalogue import CONTROLS
from guardrails.documentation import render

_DOCUMENT = Path(__file__).parents[2] / "docs" / "guardrails.md"


def test_document_is_generated_from_the_controls() -> None:
    assert _DOCUMENT.read_text(encoding="utf-8") == render(CONTROLS), (
        "run: PYTHONPATH=policies .venv/bin/python -m guardrails.documentation > docs/guardrails.md"
    )


def test_every_control_is_explained() -> None:
    document = render(CONTROLS)
    for control in CONTROLS:
        assert f"## {control.id}\n" in document
        assert control.source.url in document
        assert control.remediation in document
