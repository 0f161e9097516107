"""Everything that is deployed is seen, owned and free of secrets."""

from __future__ import annotations

from typing import Any, Final

from guardrails.control import Rule
from guardrails.controls.delivery import (
    api_version_served,
    default_providers_refused,
    helm_templates_visible,
    no_secrets_in_plain_text,
    required_labels,
)

CONTROLS: Final[tuple[Rule[Any], ...]] = (
    required_labels.CONTROL,
    no_secrets_in_plain_text.CONTROL,
    helm_templates_visible.CONTROL,
    default_providers_refused.CONTROL,
    api_version_served.CONTROL,
)
