"""Kubelets answer only who proves who they are.

Decided: the word is text, `TRUE` or `FALSE`. The read-only port 10255 is off by default in new clusters of 1.32 and
later, which is every version that GKE still makes, so absence passes; a pool that says nothing inherits the cluster's.
Cluster-wide values count on Autopilot too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.clusters import CLUSTER, over_node_pools
from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource
from guardrails.scalars import text

_KEY: Final = "insecureKubeletReadonlyPortEnabled"
_CLUSTER_WIDE: Final = (
    ("nodePoolAutoConfig", "nodeKubeletConfig", _KEY),
    ("nodePoolDefaults", "nodeConfigDefaults", _KEY),
)


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each place that opens the port."""
    if resource.type == CLUSTER:
        root = Field.root(resource)
        for keys in _CLUSTER_WIDE:
            yield from _closed(root.at(*keys))
    yield from over_node_pools(resource, lambda machines: _closed(machines.at("kubeletConfig", _KEY)))


def _closed(field: Field | Unjudged) -> Iterator[Outcome]:
    word = text(field, absent="")
    if isinstance(word, Unjudged):
        yield word
    elif word not in ("", "FALSE"):
        yield Finding(
            path=field.path,
            found=f"{quoted(word)}: the kubelet's port 10255 answers anybody who reaches the machine",
            allowed='"FALSE"',
            fix='set it to "FALSE" and let clients use the port 10250, which asks who they are',
        )


CONTROL: Final = Control(
    id="kubelet-port-closed",
    title="The kubelet's insecure read-only port is closed",
    reason=(
        "The kubelet serves a read-only API on the insecure port 10255, on which Kubernetes performs no authentication "
        "or authorization checks. The same endpoints are on the authenticated port 10250."
    ),
    source=Source(
        title="Google, Disable the kubelet read-only port in GKE clusters",
        url="https://cloud.google.com/kubernetes-engine/docs/how-to/disable-kubelet-readonly-port",
    ),
    severity=Severity.MEDIUM,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        'Set insecureKubeletReadonlyPortEnabled to "FALSE" in nodePoolAutoConfig.nodeKubeletConfig, in '
        "nodePoolDefaults.nodeConfigDefaults and in the kubeletConfig of each pool."
    ),
    judge=judge,
)
