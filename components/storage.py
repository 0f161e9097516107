"""Storage: the SSD class that the nodes' volumes are made from."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.labels import kubernetes_labels
from settings import DISK_TYPE, StorageSettings


@dataclass(frozen=True, kw_only=True)
class StorageArgs:
    """Settings of the class."""

    settings: StorageSettings


class Storage(pulumi.ComponentResource):
    """Gives `class_name`. Whoever makes claims depends on this component, so that the class is there first."""

    class_name: str

    def __init__(self, name: str, args: StorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:Storage", name, {}, opts)
        self.class_name = "ssd"
        kubernetes.storage.v1.StorageClass(
            f"{name}-ssd",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=self.class_name, labels=kubernetes_labels("storage")),
            provisioner="pd.csi.storage.gke.io",
            parameters={"type": DISK_TYPE},
            # A disk belongs to one zone: it is made where the scheduler put the pod.
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            reclaim_policy=args.settings.reclaim_policy,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"class_name": self.class_name})
