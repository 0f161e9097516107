"""How urgent a node is to the scheduler and to a machine that runs out of memory."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as kubernetes

from components.labels import kubernetes_labels
from components.names import NODE

CLASS = NODE
"""The PriorityClass that pods of nodes name."""
VALUE = 1_000_000
"""Above the 0 of whoever names no class, and above what teams give the order of their batch work; three digits below
1,000,000,000, from where on priorities are the system's (system-cluster-critical has 2,000,000,000), without which no
node runs either."""


def node_priority(name: str, *, parent: pulumi.Resource) -> kubernetes.scheduling.v1.PriorityClass:
    """The class, which pods depend on: the API server refuses a pod that names one which is not there."""
    return kubernetes.scheduling.v1.PriorityClass(
        f"{name}-priority",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=CLASS, labels=kubernetes_labels(CLASS)),
        value=VALUE,
        # A node's disk is in one zone. Where that zone has no machine left, what can run again elsewhere makes room;
        # with Never the node would wait for as long as the zone is out of stock.
        preemption_policy="PreemptLowerPriority",
        global_default=False,
        description="P2P nodes: before work that can run later or elsewhere, after what the cluster itself needs.",
        opts=pulumi.ResourceOptions(parent=parent),
    )
