"""Storage: the SSD class of the nodes' volumes, the class of their snapshots, and the machines that attach them."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.labels import kubernetes_labels
from components.names import PLATFORM
from components.platform import Platform
from settings import StackSettings

DRIVER = "pd.csi.storage.gke.io"
COMPUTE_CLASS = "cloud.google.com/compute-class"
"""Label by which pods ask for machines of a class. GKE refuses pods that also name a family or a machine type, and adds
the toleration for the class's taint by itself:
https://cloud.google.com/kubernetes-engine/docs/concepts/about-custom-compute-classes
"""


@dataclass(frozen=True, kw_only=True)
class StorageArgs:
    """Settings of disks, of machine families, and of the boot disks of those machines."""

    platform: Platform
    settings: StackSettings


class Storage(pulumi.ComponentResource):
    """Gives `class_name` for claims and `machine_selector` for pods.

    Whoever makes claims or pods depends on this component, so that the classes are there first.
    """

    class_name: str
    machine_selector: dict[str, str]

    def __init__(self, name: str, args: StorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:Storage", name, {}, opts)
        self.class_name = "ssd"
        self.machine_selector = {COMPUTE_CLASS: PLATFORM}
        self._disks(name, args.settings)
        self._snapshots(name, args)
        self._machines(name, args.settings)
        self.register_outputs({"class_name": self.class_name, "machine_selector": self.machine_selector})

    def _disks(self, name: str, settings: StackSettings) -> None:
        storage = settings.storage
        key = {"disk-encryption-kms-key": storage.encryption_key} if storage.encryption_key else {}
        kubernetes.storage.v1.StorageClass(
            f"{name}-ssd",
            metadata=_metadata(self.class_name),
            provisioner=DRIVER,
            parameters={"type": storage.disk_type, **key},
            # A disk belongs to one zone: it is made where the scheduler put the pod.
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            reclaim_policy=storage.reclaim_policy,
            # Kubernetes changes no class, and the official provider knows that of its parameters alone.
            opts=pulumi.ResourceOptions(parent=self, replace_on_changes=["reclaimPolicy"], delete_before_replace=True),
        )

    def _snapshots(self, name: str, args: StorageArgs) -> None:
        pulumi.CustomResource(
            "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass",
            f"{name}-snapshots",
            {
                "apiVersion": "snapshot.storage.k8s.io/v1",
                "kind": "VolumeSnapshotClass",
                "metadata": _metadata(self.class_name),
                "driver": DRIVER,
                "deletionPolicy": args.settings.storage.reclaim_policy,
                # Without it snapshots are kept near their disk, and are gone with its region.
                "parameters": {
                    "storage-locations": args.settings.snapshot_location,
                    "labels": ",".join(f"{key}={value}" for key, value in sorted(args.platform.labels.items())),
                },
            },
            pulumi.ResourceOptions(parent=self),
        )

    def _machines(self, name: str, settings: StackSettings) -> None:
        kubernetes.apiextensions.CustomResource(
            f"{name}-machines",
            api_version="cloud.google.com/v1",
            kind="ComputeClass",
            metadata=_metadata(PLATFORM),
            spec={
                "priorities": _priorities(settings),
                "nodePoolAutoCreation": {"enabled": True},
                # The other choice makes E2 machines when all rules fail, whatever disks the pods have.
                "whenUnsatisfiable": "DoNotScaleUp",
            },
            opts=pulumi.ResourceOptions(parent=self),
        )


def _priorities(settings: StackSettings) -> list[dict[str, object]]:
    """Machines in the order in which GKE tries them: spot ones of every family where they are wanted, then the others.

    A node that fell back stays where it is until it moves for another reason: GKE migrates nothing unless told to
    (activeMigration), and moving a database for a lower price costs more than it saves.
    """
    boot = settings.cluster.auto_provisioning
    # Each rule names its boot disk: without it the defaults of auto-provisioning hold for every family.
    storage = {"bootDiskType": boot.boot_disk_type, "bootDiskSize": boot.boot_disk_gb}
    families: list[dict[str, object]] = [
        {"machineFamily": family, "storage": storage} for family in settings.machines.families
    ]
    return [*({**rule, "spot": True} for rule in families if settings.machines.spot), *families]


def _metadata(name: str) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(name=name, labels=kubernetes_labels("storage"))
