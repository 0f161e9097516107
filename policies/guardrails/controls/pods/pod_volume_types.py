"""Volumes are of the types that *restricted* allows. The type hostPath is for pod-host-path-volumes to find.

A volume without any type is an emptyDir (SetDefaults_Volume in pkg/apis/core/v1/defaults.go of v1.36.3). What is
allowed is listed, not what is forbidden, as upstream does: a type that a later Kubernetes brings is refused until it
has been thought about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.pod_security import restricted
from guardrails.pods import volumes
from guardrails.resource import Resource

_TYPES: Final = (
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
)
_NOT_JUDGED_HERE: Final = frozenset({"name", "hostPath", *_TYPES})


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each volume of another type."""
    for volume in volumes(resource):
        yield from [volume] if isinstance(volume, Unjudged) else _judge(volume)


def _judge(volume: Field) -> Iterator[Outcome]:
    here = volume.object_at()
    if isinstance(here, Unjudged):
        yield here
        return
    for key in here.value if isinstance(here.value, dict) else ():
        if key in _NOT_JUDGED_HERE:
            continue
        source = here.object_at(key)
        if isinstance(source, Unjudged):
            yield source
        elif source.value is not None:
            yield Finding(
                path=source.path,
                found=f"a volume of the type {quoted(key)}",
                allowed=", ".join(_TYPES),
                fix="define storage as a PersistentVolume of a StorageClass, and mount it by a persistentVolumeClaim",
            )


CONTROL: Final = Control(
    id="pod-volume-types",
    title="Pods use only volume types that cannot reach into nodes or other systems by themselves",
    reason=(
        '"In addition to restricting HostPath volumes, the restricted profile limits usage of inline pod volume '
        'sources" to nine types. The others take a server, a disk or a driver from whoever may create a pod.'
    ),
    source=restricted("restrictedVolumes"),
    severity=Severity.MEDIUM,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Let a StorageClass make the volume and mount it by a persistentVolumeClaim. NFS and disks that exist already "
        "are declared as PersistentVolumes, which only administrators may create."
    ),
    judge=judge,
)
