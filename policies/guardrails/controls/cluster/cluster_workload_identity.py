"""Pods get identities of their own, and never the machine's.

Decided: Workload Identity Federation is off by default in Standard clusters and always on in Autopilot. A node pool
that says nothing gets the GKE metadata server wherever the cluster has a pool of identities, so its absence passes;
MODE_UNSPECIFIED is the same as absence. Pools that were made before the cluster had it cannot be told apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.clusters import CLUSTER, autopilot, over_node_pools
from guardrails.conditions import unless
from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource
from guardrails.scalars import text

_SUFFIX: Final = ".svc.id.goog"


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for the cluster, and one for each pool whose pods see the machine's metadata server."""
    if resource.type == CLUSTER:
        root = Field.root(resource)
        yield from unless(autopilot(root), [*_cluster(root), *over_node_pools(resource, _pool)])
    else:
        yield from over_node_pools(resource, _pool)


def _cluster(cluster: Field) -> Iterator[Outcome]:
    field = cluster.at("workloadIdentityConfig", "workloadPool")
    pool = text(field, absent="")
    if isinstance(pool, Unjudged):
        yield pool
    elif not pool.endswith(_SUFFIX):
        yield Finding(
            path="workloadIdentityConfig.workloadPool",
            found=quoted(pool) if pool else "no pool of identities, so every pod acts as its machine",
            allowed=f"PROJECT{_SUFFIX}",
            fix="set it to the project's pool",
        )


def _pool(machines: Field) -> Iterator[Outcome]:
    field = machines.at("workloadMetadataConfig", "mode")
    mode = text(field, absent="")
    if isinstance(mode, Unjudged):
        yield mode
    elif mode not in ("", "MODE_UNSPECIFIED", "GKE_METADATA"):
        yield Finding(
            path=field.path,
            found=f"{quoted(mode)}, which gives pods the machine's own identity",
            allowed="GKE_METADATA",
            fix="set it to GKE_METADATA",
        )


CONTROL: Final = Control(
    id="cluster-workload-identity",
    title="Pods have identities of their own, never the machine's",
    reason=(
        "Workload Identity Federation for GKE is the recommended way for workloads to reach Google's APIs: each gets "
        "an identity of its own without a key, and pods cannot reach the credentials of the machine they run on."
    ),
    source=Source(
        title="Google, About Workload Identity Federation for GKE",
        url="https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Set workloadIdentityConfig.workloadPool to PROJECT.svc.id.goog on the cluster and workloadMetadataConfig.mode "
        "to GKE_METADATA on node pools."
    ),
    judge=judge,
)
