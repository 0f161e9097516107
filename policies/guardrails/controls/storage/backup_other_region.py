"""Backups are kept in another region than the cluster that they are of.

Decided: a plan in the cluster's region is left alone where another one backs up the same, or all namespaces, elsewhere.
The region is read from the plan's `cluster` where that is known; in a first preview it is not, and then the regions of
all clusters of the stack count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from guardrails.backups import best_of
from guardrails.clusters import CLUSTER
from guardrails.control import (
    PRODUCTION_ALONE,
    Finding,
    Outcome,
    Parameters,
    Placed,
    Severity,
    Source,
    StackControl,
    Unjudged,
)
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource, Stack

_CLUSTER_ID: Final = re.compile(
    r"(?:.*/)?projects/[^/]+/(?:locations|zones|regions)/(?P<location>[^/]+)/clusters/[^/]+"
)
_ZONE: Final = re.compile(r"(?P<region>[a-z]+-[a-z]+[0-9]+)-[a-z]")


def judge(stack: Stack, _: Parameters) -> Iterator[Placed]:
    """One finding for each plan whose backups would be lost together with the cluster."""
    yield from best_of(stack, lambda plan: _outcomes(plan, stack))


def _outcomes(plan: Resource, stack: Stack) -> Iterator[Outcome]:
    location = Field.root(plan).at("location")
    if isinstance(location, Unjudged):
        yield location
        return
    if not isinstance(location.value, str):
        yield location.malformed("a region")
        return
    regions = _regions(plan, stack)
    if isinstance(regions, Unjudged):
        yield regions
    elif location.value in regions:
        yield Finding(
            path=location.path,
            found=f"{quoted(location.value)}, the region of the cluster itself",
            allowed="another region than the cluster's",
            fix="choose a region that is not lost together with the cluster's; the plan and its backups are made again",
        )


def _regions(plan: Resource, stack: Stack) -> set[str] | Unjudged:
    cluster = Field.root(plan).at("cluster")
    if isinstance(cluster, Field) and isinstance(cluster.value, str):
        match = _CLUSTER_ID.fullmatch(cluster.value)
        if match:
            return {_region(match["location"])}
    locations = [Field.root(one).at("location") for one in stack.of_type(CLUSTER)]
    known = {_region(one.value) for one in locations if isinstance(one, Field) and isinstance(one.value, str)}
    if known:
        return known
    if isinstance(cluster, Unjudged):
        return cluster
    return Unjudged(path=cluster.path, reason="names no cluster whose region can be told from it")


def _region(location: str) -> str:
    zone = _ZONE.fullmatch(location)
    return zone["region"] if zone else location


CONTROL: Final = StackControl(
    id="backup-other-region",
    title="Backups are kept in another region than their cluster",
    reason=(
        'The location of a backup plan "defines the region where all backup artifacts produced by the BackupPlan will '
        "be stored (both config backups and volume backups)\". What is kept in the cluster's region is gone with it."
    ),
    source=Source(
        title="Google Cloud, Backup for GKE: About locations",
        url="https://cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/concepts/about-locations",
    ),
    severity=Severity.HIGH,
    levels=PRODUCTION_ALONE,
    parameters=Parameters(),
    remediation=(
        "Create the plan in another region of the same continent. The location is immutable: make the new plan first, "
        "and keep the old one until its backups are no longer needed."
    ),
    judge=judge,
)
