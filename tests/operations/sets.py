"""StatefulSets for tests, as a program declares them."""

from __future__ import annotations

from typing import Any

from operations.facts import STATEFUL_SET, Action, Operation

URN = f"urn:pulumi:dev::p2p-nodes::{STATEFUL_SET}::p2p-node"
PATH = "spec.volumeClaimTemplates[0].spec.resources.requests.storage"
SOURCE = "VolumeSnapshot.snapshot.storage.k8s.io/last-night"


def inputs(
    size: str = "50Gi",
    *,
    replicas: int = 2,
    image: str = "a:1",
    when_scaled: str = "Retain",
    snapshot: str = "",
    storage_class: str = "ssd",
) -> dict[str, Any]:
    """The inputs of a set with one claim template, `data`, filled from a VolumeSnapshot where one is named."""
    source = {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": snapshot}
    return {
        "metadata": {"name": "p2p-node", "namespace": "p2p-node"},
        "spec": {
            "replicas": replicas,
            "template": {"spec": {"containers": [{"image": image}]}},
            "persistentVolumeClaimRetentionPolicy": {"whenScaled": when_scaled},
            "volumeClaimTemplates": [
                {
                    "metadata": {"name": "data"},
                    "spec": {
                        "storageClassName": storage_class,
                        "resources": {"requests": {"storage": size}},
                        **({"dataSource": source} if snapshot else {}),
                    },
                }
            ],
        },
    }


def replaced(before: dict[str, Any], after: dict[str, Any]) -> Operation:
    """The set's replacement because of its claim template."""
    return Operation(urn=URN, action=Action.REPLACE, paths=(PATH,), forced_by=(PATH,), before=before, after=after)
