"""Machines have no public addresses.

Decided: the value counts, and it is off by default (`privateClusterConfig.enablePrivateNodes`), on Autopilot too. A
node pool inherits the cluster's value unless its own `networkConfig.enablePrivateNodes` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.clusters import CLUSTER, NODE_POOL
from guardrails.conditions import must_be
from guardrails.control import EVERYWHERE, Control, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for the cluster, and one for each of its pools that opts out."""
    root = Field.root(resource)
    if resource.type == NODE_POOL:
        yield from _pool(root)
    elif resource.type == CLUSTER:
        yield from _private(root.at("privateClusterConfig", "enablePrivateNodes"), absent=False)
        pools = root.at("nodePools")
        for pool in [pools] if isinstance(pools, Unjudged) else pools.elements():
            yield from [pool] if isinstance(pool, Unjudged) else _pool(pool)


def _pool(pool: Field) -> Iterator[Outcome]:
    yield from _private(pool.at("networkConfig", "enablePrivateNodes"), absent=True)


def _private(field: Field | Unjudged, *, absent: bool) -> Iterator[Outcome]:
    yield from must_be(
        True,
        field,
        absent=absent,
        otherwise="every machine gets a public address",
        fix="set it to true, and let machines out through Cloud NAT",
    )


CONTROL: Final = Control(
    id="cluster-private-nodes",
    title="Machines have no public addresses",
    reason=(
        "Nodes with internal addresses only are isolated from the internet: nobody outside can reach a kubelet, an SSH "
        "server or a host port, whatever the firewall says."
    ),
    source=Source(
        title="Google, About network isolation in GKE",
        url="https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Set privateClusterConfig.enablePrivateNodes to true on the cluster, leave networkConfig.enablePrivateNodes "
        "out of its node pools, and give the subnet Cloud NAT and Private Google Access."
    ),
    judge=judge,
)
