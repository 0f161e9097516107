"""The controls, as the pack itself describes them and its configuration sets them."""

from __future__ import annotations

import json
from pathlib import Path

from guardrails import enforcement
from guardrails.control import Environment
from guardrails.enforcement import Enforcement

from operations.errors import OperationError
from operations.judgement import ControlFacts


def controls(config: Path) -> tuple[ControlFacts, ...]:
    """Every control at the level that `config`, a file for `--policy-pack-config`, gives it; in the pack's order.

    Raises:
        OperationError: the file cannot be read, or the pack refuses it.
    """
    try:
        configured = enforcement.configured(
            # What the pack itself begins with: a file may hold only what differs.
            enforcement.of(Environment.PRODUCTION),
            json.loads(config.read_text(encoding="utf-8")),
        )
    except (OSError, ValueError, enforcement.ConfigurationError) as error:
        raise OperationError(f"{config} cannot be used: {error}") from error
    return facts(configured)


def facts(enforced: Enforcement) -> tuple[ControlFacts, ...]:
    """Every control as it is judged by, in the pack's order."""
    return tuple(
        ControlFacts(
            id=one.rule.id,
            title=one.rule.title,
            reason=one.rule.reason,
            remediation=one.rule.remediation,
            severity=one.rule.severity.value,
            level=one.level.value,
            source_title=one.rule.source.title,
            source_url=one.rule.source.url,
        )
        for one in enforced.values()
    )
