"""Every control, in the order in which they are documented and run."""

from __future__ import annotations

from itertools import chain
from typing import Any, Final

from guardrails.control import Control, Rule, StackControl
from guardrails.controls import (
    availability,
    cluster,
    delivery,
    exemption_valid,
    identity,
    images,
    network,
    pods,
    storage,
)

_FAMILIES: Final[dict[str, tuple[Rule[Any], ...]]] = {
    "Images": images.CONTROLS,
    "Availability": availability.CONTROLS,
    "Storage": storage.CONTROLS,
    "Cluster": cluster.CONTROLS,
    "Network": network.CONTROLS,
    "Identity": identity.CONTROLS,
    "Pods": pods.CONTROLS,
    "Delivery": delivery.CONTROLS,
}
_EXEMPTIONS: Final = exemption_valid.control(rule.id for rule in chain.from_iterable(_FAMILIES.values()))

FAMILIES: Final = {**_FAMILIES, "Exemptions": (_EXEMPTIONS,)}
CONTROLS: Final[tuple[Rule[Any], ...]] = tuple(chain.from_iterable(FAMILIES.values()))
RESOURCE_CONTROLS: Final = tuple(rule for rule in CONTROLS if isinstance(rule, Control))
STACK_CONTROLS: Final = tuple(rule for rule in CONTROLS if isinstance(rule, StackControl))
