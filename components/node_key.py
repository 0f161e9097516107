"""Where a node's key is: on its volume, or in Secret Manager. Never an argument, never a Kubernetes Secret.

On the volume the file is called by the stack and the pod: a volume that was cloned from another stack's snapshot brings
that stack's keys along, and two nodes with one key are an incident. `node.node_key.identity_of` says that it is meant.

From Secret Manager GKE's own driver mounts them. One pod template has one SecretProviderClass, which thus names every
node's secret; each container is shown its own file alone.
https://cloud.google.com/secret-manager/docs/secret-manager-managed-csi-component
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as kubernetes
import yaml

from components.labels import kubernetes_labels
from components.names import platform_name
from components.node_flags import POD
from components.platform import Platform
from components.workload_identity import WorkloadIdentity
from settings import NodeSettings

core = kubernetes.core.v1

DRIVER = "secrets-store-gke.csi.k8s.io"
VOLUME = "node-key"
FOLDER = "/node-key"


def identity(platform: Platform, settings: NodeSettings) -> str:
    """The platform whose nodes these are to their peers: the stack's own, or that of `identity_of`."""
    other = settings.node_key.identity_of
    return platform_name(other) if other else platform.name


def key_file(platform: Platform, settings: NodeSettings) -> str:
    """Path of the key in the container. On a volume the node makes it where there is none."""
    if settings.node_key.source == "secret-manager":
        return f"{FOLDER}/key"
    return f"/data/node-key-{identity(platform, settings)}-{POD}"


def volumes(name: str, settings: NodeSettings) -> list[kubernetes.core.v1.VolumeArgs]:
    """The volume with the keys; none where they are on the data volume."""
    if settings.node_key.source == "volume":
        return []
    csi = core.CSIVolumeSourceArgs(
        driver=DRIVER, read_only=True, volume_attributes={"secretProviderClass": _class_name(name)}
    )
    return [core.VolumeArgs(name=VOLUME, csi=csi)]


def mounts(settings: NodeSettings) -> list[kubernetes.core.v1.VolumeMountArgs]:
    """The pod's own key and no other, as one file."""
    if settings.node_key.source == "volume":
        return []
    return [core.VolumeMountArgs(name=VOLUME, mount_path=f"{FOLDER}/key", sub_path_expr=POD, read_only=True)]


def secrets(
    name: str,
    *,
    platform: Platform,
    settings: NodeSettings,
    identity_of_pods: WorkloadIdentity,
    parent: pulumi.Resource,
    namespace: kubernetes.core.v1.Namespace,
) -> list[pulumi.Resource]:
    """What mounts the keys, and who may read them; workloads wait for it. Nothing where they are on the volumes.

    A secret is called by the platform and the pod, `p2p-nodes-prod-p2p-node-0`, and is there already: its content is
    what `subkey generate-node-key` prints, and never passes through here.
    """
    if settings.node_key.source == "volume":
        return []
    project = settings.node_key.secrets_project or platform.project
    pods = {
        f"{name}-{ordinal}": f"{identity(platform, settings)}-{name}-{ordinal}" for ordinal in range(settings.replicas)
    }
    readers: Sequence[pulumi.Resource] = [
        gcp.secretmanager.SecretIamMember(
            f"{pod}-key-reader",
            project=project,
            secret_id=secret,
            role="roles/secretmanager.secretAccessor",
            member=f"serviceAccount:{identity_of_pods.email}",
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[identity_of_pods]),
        )
        for pod, secret in pods.items()
    ]
    provider = kubernetes.apiextensions.CustomResource(
        f"{name}-keys",
        api_version="secrets-store.csi.x-k8s.io/v1",
        kind="SecretProviderClass",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            name=_class_name(name), namespace=name, labels=kubernetes_labels(name)
        ),
        spec={"provider": "gke", "parameters": {"secrets": _secrets(project, pods)}},
        # A pod mounts all that is listed or nothing: no name is listed before it may be read, nor after.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[namespace, *readers]),
    )
    return [provider, *readers]


def _secrets(project: str, pods: dict[str, str]) -> str:
    """The list that the driver reads, in its own notation: YAML inside a string."""
    listed = [
        {"resourceName": f"projects/{project}/secrets/{secret}/versions/latest", "path": pod}
        for pod, secret in pods.items()
    ]
    return yaml.safe_dump(listed, sort_keys=False)


def _class_name(name: str) -> str:
    return f"{name}-keys"
