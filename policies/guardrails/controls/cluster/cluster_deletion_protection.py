"""A cluster in production cannot be deleted by a mere update.

Decided: on by default, so only false is a finding, unless `deletionPolicy: PREVENT` has the same effect. Both are the
provider's: it refuses to delete, whoever holds the credentials.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.clusters import CLUSTER
from guardrails.conditions import must_be, unless
from guardrails.control import PRODUCTION_ALONE, Control, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.resource import Resource
from guardrails.scalars import text


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for a cluster that may be deleted."""
    if resource.type == CLUSTER:
        root = Field.root(resource)
        policy = text(root.at("deletionPolicy"), absent="")
        yield from unless(policy if isinstance(policy, Unjudged) else policy == "PREVENT", _judge(root))


def _judge(cluster: Field) -> Iterator[Outcome]:
    yield from must_be(
        True,
        cluster.at("deletionProtection"),
        absent=True,
        otherwise="a destroy, or a change that replaces the cluster, takes it and all that runs in it",
        fix="set it to true; turn it off in a change of its own when the cluster is really to go",
    )


CONTROL: Final = Control(
    id="cluster-deletion-protection",
    title="Clusters in production are protected from deletion",
    reason=(
        "A deleted cluster cannot be had back: it is made anew, and workloads and volumes are restored from backups. "
        "With deletion protection the provider refuses to delete or replace it until that is asked for by itself."
    ),
    source=Source(
        title="Pulumi, gcp.container.Cluster, deletionProtection",
        url="https://www.pulumi.com/registry/packages/gcp/api-docs/container/cluster/",
    ),
    severity=Severity.HIGH,
    levels=PRODUCTION_ALONE,
    parameters=Parameters(),
    remediation="Set deletionProtection to true or leave it out.",
    judge=judge,
)
