"""The VerticalPodAutoscaler of the nodes: requests follow what a node uses, within bounds that machines can give."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as kubernetes

from components.names import NODE
from settings import VerticalAutoscalingSettings

IN_PLACE = "InPlaceOrRecreate"
IN_PLACE_SINCE = (1, 33)
"""Kubernetes resizes a running pod from here on without being told to (InPlacePodVerticalScaling, beta in 1.33):
https://github.com/kubernetes/enhancements/blob/master/keps/sig-node/1287-in-place-update-pod-resources/kep.yaml
"""


def vertical_autoscaler(
    name: str,
    *,
    settings: VerticalAutoscalingSettings,
    cluster_version: pulumi.Input[str],
    metadata: kubernetes.meta.v1.ObjectMetaArgs,
    parent: pulumi.Resource,
    nodes: pulumi.Resource,
) -> None:
    """The autoscaler of the StatefulSet that `metadata` has the name of, once `nodes` is there; none where it is off.

    `cluster_version` is the control plane's, such as 1.33.5-gke.1308000; it is asked for the in-place mode alone.
    """
    if not settings.enabled:
        return
    # A plain text wherever it can be: it is there in a first preview too, and policies see it.
    mode: pulumi.Input[str] = settings.mode
    if mode == IN_PLACE:
        mode = pulumi.Output.from_input(cluster_version).apply(in_place)
    kubernetes.apiextensions.CustomResource(
        f"{name}-autoscaler",
        api_version="autoscaling.k8s.io/v1",
        kind="VerticalPodAutoscaler",
        metadata=metadata,
        spec={
            "targetRef": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": metadata.name},
            # Without minReplicas the updater leaves a set of one pod alone.
            "updatePolicy": {"updateMode": mode, "minReplicas": 1},
            "resourcePolicy": {
                "containerPolicies": [
                    {
                        "containerName": NODE,
                        "controlledResources": ["cpu", "memory"],
                        # The limit keeps its ratio to the request: it grows along and never strangles the node.
                        "controlledValues": "RequestsAndLimits",
                        "minAllowed": _amounts(settings.min_cpu_millicores, settings.min_memory_mib),
                        "maxAllowed": _amounts(settings.max_cpu_millicores, settings.max_memory_mib),
                    }
                ]
            },
        },
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[nodes]),
    )


def in_place(cluster_version: str) -> str:
    """The in-place mode, for a cluster of this version.

    Raises pulumi.RunError where the cluster is too old for it: pods would be evicted all the same, unnoticed.
    """
    major, minor = (int(part) for part in cluster_version.split(".")[:2])
    if (major, minor) < IN_PLACE_SINCE:
        raise pulumi.RunError(
            f"p2p-nodes:node.vertical_autoscaling.mode is {IN_PLACE}, and the cluster has Kubernetes "
            f"{cluster_version}, which resizes no running pod: it takes {'.'.join(map(str, IN_PLACE_SINCE))}. "
            "The autoscaler is as it was. Set the mode to Recreate until the cluster is upgraded; if it has been since "
            "the last update, run `pulumi refresh` first."
        )
    return IN_PLACE


def _amounts(cpu_millicores: int, memory_mib: int) -> dict[str, str]:
    return {"cpu": f"{cpu_millicores}m", "memory": f"{memory_mib}Mi"}
