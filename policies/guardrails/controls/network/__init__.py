"""Nothing is reached that is not meant to be, and nothing goes out unseen."""

from __future__ import annotations

from typing import Any, Final

from guardrails.control import Rule
from guardrails.controls.network import (
    entry_not_public,
    firewall_closed,
    forwarding_rule_p2p_only,
    load_balancer_p2p_only,
    namespace_default_deny,
    service_not_through_nodes,
    workload_proxy_settings,
)

CONTROLS: Final[tuple[Rule[Any], ...]] = (
    firewall_closed.CONTROL,
    load_balancer_p2p_only.CONTROL,
    forwarding_rule_p2p_only.CONTROL,
    entry_not_public.CONTROL,
    service_not_through_nodes.CONTROL,
    namespace_default_deny.CONTROL,
    workload_proxy_settings.CONTROL,
)
