"""NetworkPolicies are enforced: without that, one that denies everything denies nothing.

Decided: GKE Dataplane V2 (`datapathProvider: ADVANCED_DATAPATH`) enforces them always, and so does Autopilot. With the
older dataplane, the default of Standard clusters, they are enforced where `networkPolicy.enabled` is true, which is
false by default, unless the add-on is off (`addonsConfig.networkPolicyConfig.disabled`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.clusters import CLUSTER, autopilot
from guardrails.conditions import holds, must_be, unless
from guardrails.control import EVERYWHERE, Control, Outcome, Parameters, Severity, Source
from guardrails.fields import Field
from guardrails.resource import Resource

_DATAPLANE_V2: Final = "ADVANCED_DATAPATH"
_OTHERWISE: Final = "the API server takes NetworkPolicies, and nothing enforces them"
_FIX: Final = f"set datapathProvider to {_DATAPLANE_V2}; a cluster that is there already is made again by that"


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for a cluster that enforces no policies."""
    if resource.type == CLUSTER:
        root = Field.root(resource)
        by_dataplane = holds(root.at("datapathProvider"), _DATAPLANE_V2)
        yield from unless(autopilot(root), unless(by_dataplane, _judge(root)))


def _judge(cluster: Field) -> Iterator[Outcome]:
    enabled = cluster.at("networkPolicy", "enabled")
    found = list(must_be(True, enabled, absent=False, otherwise=_OTHERWISE, fix=_FIX))
    addon = cluster.at("addonsConfig", "networkPolicyConfig", "disabled")
    yield from found or must_be(False, addon, absent=False, otherwise=_OTHERWISE, fix=_FIX)


CONTROL: Final = Control(
    id="cluster-network-policies",
    title="The cluster enforces NetworkPolicies",
    reason=(
        "NetworkPolicies are always enforced in clusters with GKE Dataplane V2, which is the default of Autopilot. In "
        "a Standard cluster without it enforcement is off until it is turned on, and every policy is accepted and "
        "ignored."
    ),
    source=Source(
        title="Google, GKE Dataplane V2",
        url="https://cloud.google.com/kubernetes-engine/docs/concepts/dataplane-v2",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        f"Create the cluster with datapathProvider {_DATAPLANE_V2}. A cluster of the older dataplane gets "
        "networkPolicy.enabled true, with the add-on on, which makes its node pools anew."
    ),
    judge=judge,
)
