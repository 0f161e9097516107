"""Machines can be drained and pods moved while the service stays."""

from __future__ import annotations

from typing import Any, Final

from guardrails.control import Rule
from guardrails.controls.availability import (
    container_resources,
    disruption_budget_lets_drain,
    stateful_set_grace_period,
    stateful_set_vertical_autoscaler,
    vertical_autoscaler_fits,
    vertical_autoscaler_mode,
    vertical_autoscaler_no_rival,
    vertical_autoscaler_target,
    workload_disruption_budget,
    workload_readiness_probe,
    workload_replicas,
    workload_spread,
)

CONTROLS: Final[tuple[Rule[Any], ...]] = (
    workload_disruption_budget.CONTROL,
    disruption_budget_lets_drain.CONTROL,
    stateful_set_vertical_autoscaler.CONTROL,
    vertical_autoscaler_target.CONTROL,
    vertical_autoscaler_mode.CONTROL,
    vertical_autoscaler_fits.CONTROL,
    vertical_autoscaler_no_rival.CONTROL,
    workload_replicas.CONTROL,
    workload_spread.CONTROL,
    workload_readiness_probe.CONTROL,
    stateful_set_grace_period.CONTROL,
    container_resources.CONTROL,
)
