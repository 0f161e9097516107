"""What GKE clusters and node pools declare, and the one walk over the machines that come of it.

The fields are those of the Pulumi provider `gcp` 10.2.0, in camel case as they go to the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final

from guardrails.conditions import negated, unless
from guardrails.control import Outcome, Unjudged
from guardrails.fields import Field
from guardrails.resource import Resource
from guardrails.scalars import boolean

CLUSTER: Final = "gcp:container/cluster:Cluster"
NODE_POOL: Final = "gcp:container/nodePool:NodePool"

JudgeMachines = Callable[[Field], Iterable[Outcome]]
"""Judges one `nodeConfig`, or `autoProvisioningDefaults`, whose fields have the same names. It may be absent."""


def autopilot(cluster: Field) -> bool | Unjudged:
    """Whether Google runs the cluster's machines, and so decides most of what they are."""
    return boolean(cluster.at("enableAutopilot"), absent=False)


def auto_provisioning(cluster: Field) -> bool | Unjudged:
    """Whether GKE makes node pools by itself in a Standard cluster. Off by default."""
    return boolean(cluster.at("clusterAutoscaling", "enabled"), absent=False)


def over_node_pools(resource: Resource, judge: JudgeMachines) -> Iterator[Outcome]:
    """What `judge` says of each declared node pool: a resource of its own, one of the cluster's list, or the first.

    The first pool, which Google makes of the cluster's own `nodeConfig`, counts unless `removeDefaultNodePool` takes
    it away before anything runs on it, or other pools are listed in its place. An Autopilot cluster has none.
    """
    root = Field.root(resource)
    if resource.type == NODE_POOL:
        yield from _over(root.object_at("nodeConfig"), judge)
    elif resource.type == CLUSTER:
        yield from unless(autopilot(root), _over_pools_of_cluster(root, judge))


def over_machines(resource: Resource, judge: JudgeMachines) -> Iterator[Outcome]:
    """As `over_node_pools`, and of the machines that auto-provisioning makes where it is on."""
    root = Field.root(resource)
    if resource.type == CLUSTER:
        made = unless(negated(auto_provisioning(root)), over_auto_provisioned(root, judge))
        yield from unless(autopilot(root), chain(_over_pools_of_cluster(root, judge), made))
    else:
        yield from over_node_pools(resource, judge)


def over_auto_provisioned(cluster: Field, judge: JudgeMachines) -> Iterator[Outcome]:
    """What `judge` says of the machines that GKE makes by itself, whether or not it does."""
    yield from _over(cluster.object_at("clusterAutoscaling", "autoProvisioningDefaults"), judge)


def _over_pools_of_cluster(cluster: Field, judge: JudgeMachines) -> Iterator[Outcome]:
    pools = cluster.at("nodePools")
    listed = [pools] if isinstance(pools, Unjudged) else list(pools.elements())
    for pool in listed:
        yield from _over(pool if isinstance(pool, Unjudged) else pool.object_at("nodeConfig"), judge)
    if not listed:
        removed = boolean(cluster.at("removeDefaultNodePool"), absent=False)
        yield from unless(removed, _over(cluster.object_at("nodeConfig"), judge))


def _over(machines: Field | Unjudged, judge: JudgeMachines) -> Iterator[Outcome]:
    if isinstance(machines, Unjudged):
        yield machines
    else:
        yield from judge(machines)
