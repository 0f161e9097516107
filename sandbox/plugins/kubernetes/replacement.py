"""Which changes mean a new object: the official plugin's decisions, as a table.

Source of every row, unless it says otherwise: pulumi-kubernetes, provider/pkg/provider/diff.go (`forceNew`), as of
v4. `metadata.name` and `metadata.namespace` of every kind are there in `metadataForceNewProperties`.
A `*` stands for any list index; a path covers everything below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import Object, Path

IDENTITY: Final = ("metadata.name", "metadata.namespace")
# The table of the official plugin does not hold them: apiVersion and kind are part of the resource's type there, but a
# custom resource's `kind` is an input, and another kind is another object.
TYPE: Final = ("kind",)

_POD_SPEC = (
    "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork "
    "hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName "
    "readinessGates restartPolicy runtimeClassName schedulerName securityContext serviceAccount serviceAccountName "
    "shareProcessNamespace subdomain terminationGracePeriodSeconds volumes"
)
_CONTAINER = (
    "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources securityContext "
    "stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir"
)
_VOLUME_SOURCES = (
    "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs "
    "hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume"
)


def _below(prefix: str, names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names.split())


# (group, kind) -> paths. The official table lists versions one by one; every version of these kinds that the pinned
# Kubernetes serves is in it with the same paths, so the version is left out.
TABLE: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    # diff.go `statefulSet`. The API server also forbids these changes, but in words that do not say 'immutable';
    # revisionHistoryLimit it would accept (since 1.33): the official plugin replaces all the same.
    ("apps", "StatefulSet"): _below(
        "spec", "podManagementPolicy revisionHistoryLimit selector serviceName volumeClaimTemplates"
    ),
    # diff.go `deployment`
    ("apps", "Deployment"): ("spec.selector",),
    # diff.go `daemonset`
    ("apps", "DaemonSet"): ("spec.selector",),
    # diff.go `job`
    ("batch", "Job"): _below("spec", "completions parallelism selector template"),
    # diff.go `roleBinding`
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    # diff.go `roleBinding`
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    # diff.go `storage.k8s.io`. reclaimPolicy, volumeBindingMode and the others that the API server forbids to change
    # are not in the official table: there the API server's refusal is the answer, and here as well.
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
    # diff.go `core`
    ("", "PersistentVolume"): _below("spec", _VOLUME_SOURCES),
    # diff.go `core`: spec.resources is not in it, claims grow in place.
    ("", "PersistentVolumeClaim"): _below("spec", "accessModes selector storageClassName volumeName"),
    # diff.go `core`, containerForceNewProperties
    ("", "Pod"): (
        *_below("spec", _POD_SPEC),
        *_below("spec.containers.*", _CONTAINER),
        *_below("spec.initContainers.*", _CONTAINER),
    ),
    # diff.go `core`
    ("", "ResourceQuota"): ("spec.scopes",),
    # diff.go `core`: spec.type is not in it, the API server changes it in place.
    ("", "Service"): ("spec.clusterIP",),
}


@dataclass(frozen=True, kw_only=True)
class Mutability:
    """The provider's options `enableSecretMutable` and `enableConfigMapMutable`."""

    secrets: bool = False
    config_maps: bool = False


def replacing_paths(kind: Kind, new: Object, mutability: Mutability) -> tuple[str, ...]:
    """The paths whose change replaces an object of this kind, `new` being its new inputs."""
    fixed = (*IDENTITY, *TYPE)
    immutable = new.get("immutable") is True
    # diff.go `forceNewProperties`, first branch; without it diff.go `core` has .type for mutable secrets.
    if (kind.group, kind.name) == ("", "Secret"):
        return (*fixed, "type", *(() if mutability.secrets and not immutable else ("stringData", "data")))
    # diff.go `forceNewProperties`, last branch
    if (kind.group, kind.name) == ("", "ConfigMap"):
        return fixed if mutability.config_maps and not immutable else (*fixed, "binaryData", "data")
    return (*fixed, *TABLE.get((kind.group, kind.name), ()))


def replaces(path: Path, paths: tuple[str, ...]) -> bool:
    """Whether a change at `path` is at or below one of `paths`."""
    return any(_covers(pattern.split("."), path) for pattern in paths)


def _covers(pattern: list[str], path: Path) -> bool:
    if len(path) < len(pattern):
        return False
    return all(want == "*" or want == str(step) for want, step in zip(pattern, path, strict=False))
