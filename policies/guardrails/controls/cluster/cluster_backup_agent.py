"""Backup for GKE can reach the cluster.

Decided: the agent is off by default. That a plan uses it, and how often, is the storage family's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.clusters import CLUSTER
from guardrails.conditions import must_be
from guardrails.control import PRODUCTION, Control, Outcome, Parameters, Severity, Source
from guardrails.fields import Field
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for a cluster that cannot be backed up."""
    if resource.type != CLUSTER:
        return
    field = Field.root(resource).at("addonsConfig", "gkeBackupAgentConfig", "enabled")
    yield from must_be(True, field, absent=False, otherwise="no plan can back the cluster up or restore into it")


CONTROL: Final = Control(
    id="cluster-backup-agent",
    title="The agent of Backup for GKE is on",
    reason=(
        "The Backup for GKE agent is an add-on that must be enabled in each cluster for which you wish to perform "
        "backup and restore operations."
    ),
    source=Source(
        title="Google, Backup for GKE",
        url="https://cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/concepts/backup-for-gke",
    ),
    severity=Severity.HIGH,
    levels=PRODUCTION,
    parameters=Parameters(),
    remediation="Set addonsConfig.gkeBackupAgentConfig.enabled to true.",
    judge=judge,
)
