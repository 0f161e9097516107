"""What runs comes from where it should, and stays what it was."""

from __future__ import annotations

from typing import Any, Final

from guardrails.control import Rule
from guardrails.controls.images import (
    image_allowed_registry,
    image_digest,
    image_immutable_tag,
)

CONTROLS: Final[tuple[Rule[Any], ...]] = (
    image_immutable_tag.CONTROL,
    image_allowed_registry.CONTROL,
    image_digest.CONTROL,
)
