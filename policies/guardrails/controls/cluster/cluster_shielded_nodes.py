"""Machines prove to the control plane which machines they are.

Decided: on by default, so only false is a finding. Autopilot has it always.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.clusters import CLUSTER, autopilot
from guardrails.conditions import must_be, unless
from guardrails.control import EVERYWHERE, Control, Outcome, Parameters, Severity, Source
from guardrails.fields import Field
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for a cluster that turns it off."""
    if resource.type == CLUSTER:
        root = Field.root(resource)
        yield from unless(autopilot(root), _judge(root))


def _judge(cluster: Field) -> Iterator[Outcome]:
    field = cluster.at("enableShieldedNodes")
    yield from must_be(True, field, absent=True, otherwise="the control plane takes a machine's word for who it is")


CONTROL: Final = Control(
    id="cluster-shielded-nodes",
    title="Shielded GKE nodes are on",
    reason=(
        "Without Shielded GKE Nodes an attacker who exploits a pod can take the machine's bootstrap credentials and "
        "impersonate other machines of the cluster, with access to their secrets."
    ),
    source=Source(
        title="Google, Using Shielded GKE Nodes",
        url="https://cloud.google.com/kubernetes-engine/docs/how-to/shielded-gke-nodes",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Leave enableShieldedNodes at true, its default.",
    judge=judge,
)
