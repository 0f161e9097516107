"""Every control, in the order in which they are documented and run."""

from __future__ import annotations

from typing import Final

from guardrails.control import Control
from guardrails.controls import helm_templates_visible, image_immutable_tag, service_not_through_nodes

CONTROLS: Final[tuple[Control, ...]] = (
    image_immutable_tag.CONTROL,
    service_not_through_nodes.CONTROL,
    helm_templates_visible.CONTROL,
)
