"""What a node's volume begins with: a VolumeSnapshot that its claim names, or an archive that a container unpacks.

The container runs `components/restore_archive`, which is shipped as a ConfigMap. Its image is plain Python, by tag: a
digest could not be looked up where this was written. Pin one in `node.snapshot.archive.image` where you can.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as kubernetes

from components.labels import kubernetes_labels
from components.pod_security import container_security
from settings import ArchiveSettings, SnapshotSettings

PROGRAM = "restore_archive"
FOLDER = "/restore"
VOLUME = "restore"
READER = "roles/storage.objectViewer"

meta = kubernetes.meta.v1
core = kubernetes.core.v1


def claim_source(snapshot: SnapshotSettings) -> kubernetes.core.v1.TypedLocalObjectReferenceArgs | None:
    """The `data_source` of a claim template; None where volumes begin empty.

    Where the VolumeSnapshot is missing, claims and pods wait for it: no node starts on an empty volume instead.
    """
    if not snapshot.volume_snapshot:
        return None
    return core.TypedLocalObjectReferenceArgs(
        api_group="snapshot.storage.k8s.io", kind="VolumeSnapshot", name=snapshot.volume_snapshot
    )


def program_files() -> dict[str, str]:
    """The modules of the program that runs in the init container, by their file names."""
    folder = Path(__file__).with_name(PROGRAM)
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}


def config_map_name(namespace: str) -> str:
    """It carries the checksum of the program, as an immutable ConfigMap never changes: pods of before keep theirs."""
    text = json.dumps(program_files(), sort_keys=True)
    return f"{namespace}-restore-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def resources(
    name: str, archive: ArchiveSettings, *, namespace: str, account: str, opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """What pods that restore need before they start: the program, and the right to read that one object; else nothing.

    `account` is the address of the nodes' Google service account, which `opts` must wait for, as for the namespace. The
    grant needs a bucket with uniform access, and whoever runs the update needs `storage.buckets.setIamPolicy` on it.
    https://cloud.google.com/storage/docs/access-control/iam#conditions
    """
    if not archive.used:
        return []
    object = f"projects/_/buckets/{archive.bucket}/objects/{archive.object}"
    program = core.ConfigMap(
        f"{name}-restore",
        metadata=meta.ObjectMetaArgs(
            name=config_map_name(namespace), namespace=namespace, labels=kubernetes_labels(namespace)
        ),
        data=program_files(),
        immutable=True,
        opts=opts,
    )
    reader = gcp.storage.BucketIAMMember(
        f"{name}-archive-reader",
        bucket=archive.bucket,
        role=READER,
        member=f"serviceAccount:{account}",
        condition=gcp.storage.BucketIAMMemberConditionArgs(
            # A name of its own: provider and Google tell grants of a role apart by it.
            title=f"archive-{hashlib.sha256(object.encode()).hexdigest()[:10]}",
            description="Read one object; not list the others.",
            # CEL writes text as JSON does, but for characters beyond 16 bits, which thus stay as they are.
            expression=f"resource.name == {json.dumps(object, ensure_ascii=False)}",
        ),
        opts=opts,
    )
    return [program, reader]


def containers(
    archive: ArchiveSettings, *, environment: Mapping[str, pulumi.Input[str]], volume: str, path: str
) -> list[kubernetes.core.v1.ContainerArgs]:
    """The init container that fills the pod's volume of this name, mounted at `path`; none without an archive.

    It has the proxy in its environment, as every container does, and uses it for nothing.
    """
    return [_container(archive, environment, volume, path)] if archive.used else []


def volumes(namespace: str, archive: ArchiveSettings) -> list[kubernetes.core.v1.VolumeArgs]:
    """The pod's volume with the program in it; none without an archive."""
    program = core.ConfigMapVolumeSourceArgs(name=config_map_name(namespace))
    return [core.VolumeArgs(name=VOLUME, config_map=program)] if archive.used else []


def _container(
    archive: ArchiveSettings, environment: Mapping[str, pulumi.Input[str]], volume: str, path: str
) -> kubernetes.core.v1.ContainerArgs:
    return core.ContainerArgs(
        name="restore",
        image=archive.image,
        command=["python3", "-u", "-m", PROGRAM],
        args=[
            f"--bucket={archive.bucket}",
            f"--object={archive.object}",
            f"--sha256={archive.sha256}",
            f"--volume={path}",
        ],
        env=[core.EnvVarArgs(name=name, value=value) for name, value in environment.items()],
        # Python finds the program in the folder that it runs in.
        working_dir=FOLDER,
        # The reason of a failure is in the pod's status then, not in its logs alone.
        termination_message_policy="FallbackToLogsOnError",
        # The scheduler takes the larger of these and the node's own.
        resources=core.ResourceRequirementsArgs(
            requests={"cpu": "100m", "memory": "128Mi"}, limits={"memory": "512Mi"}
        ),
        security_context=container_security(),
        volume_mounts=[
            core.VolumeMountArgs(name=volume, mount_path=path),
            core.VolumeMountArgs(name=VOLUME, mount_path=f"{FOLDER}/{PROGRAM}", read_only=True),
        ],
    )
