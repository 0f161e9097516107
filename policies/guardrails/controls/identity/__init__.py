"""Nobody needs a key, and nobody is allowed more than they use."""

from __future__ import annotations

from typing import Any, Final

from guardrails.control import Rule
from guardrails.controls.identity import (
    no_hmac_keys,
    no_primitive_roles,
    no_public_members,
    no_service_account_keys,
    workload_identity_condition,
)

CONTROLS: Final[tuple[Rule[Any], ...]] = (
    no_service_account_keys.CONTROL,
    no_hmac_keys.CONTROL,
    no_primitive_roles.CONTROL,
    no_public_members.CONTROL,
    workload_identity_condition.CONTROL,
)
