"""From a claim to its disk: the one walk along class name, StorageClass and disk type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.objects import object_name, stateful_sets
from guardrails.plain import Plain
from guardrails.resource import Resource, Stack
from guardrails.scalars import text

DRIVER: Final = "pd.csi.storage.gke.io"
"""The one provisioner of Compute Engine's disks: https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver"""

GKE_CLASSES: Final = {"premium-rwo": "pd-ssd", "standard-rwo": "pd-balanced", "standard": "pd-standard"}
"""The classes that every GKE cluster has for its disks, and the type of those:
https://cloud.google.com/kubernetes-engine/docs/concepts/persistent-volumes#storageclasses
"""
GKE_DEFAULT_CLASS: Final = "standard-rwo"

DEFAULT_DISK: Final = "pd-standard"
"""What the driver makes where the class names no type."""

_DEFAULT_MARKS: Final = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_CLASS_ANNOTATION: Final = "volume.beta.kubernetes.io/storage-class"


@dataclass(frozen=True, kw_only=True)
class Disk:
    """What a claim gets. `path` is the claim's field that decides it.

    `class_name` is None where the claim leaves the class to the cluster. `type` and `provisioner` are None where nobody
    declares such a class.
    """

    path: str
    class_name: str | None
    type: str | None
    provisioner: str | None


def claims(stack: Stack) -> Iterator[tuple[Resource, Field | Unjudged]]:
    """Every claim that outlives its pod: the templates of StatefulSets, and the claims that stand for themselves."""
    for resource in stateful_sets(stack):
        for template in claim_templates(resource):
            yield resource, template
    for resource in stack.of_kind("core", "PersistentVolumeClaim"):
        yield resource, Field.root(resource)


def claim_templates(stateful_set: Resource) -> Iterator[Field | Unjudged]:
    """The claim templates of one StatefulSet."""
    templates = Field.root(stateful_set).at("spec", "volumeClaimTemplates")
    for template in [templates] if isinstance(templates, Unjudged) else templates.elements():
        yield template if isinstance(template, Unjudged) else template.object_at()


def class_name(claim: Field) -> Field | Unjudged:
    """The class that a claim asks for: a string, empty for none at all, or None for the cluster's default.

    The annotation of old goes first, as it does in Kubernetes (pkg/apis/core/v1/helper of v1.36.3).
    """
    for keys in (("metadata", "annotations", _CLASS_ANNOTATION), ("spec", "storageClassName")):
        name = claim.at(*keys)
        if isinstance(name, Unjudged):
            return name
        if isinstance(name.value, str):
            return name
        if name.value is not None:
            return name.malformed("a string")
    return name


class StorageClasses:
    """The StorageClasses of a stack, and what they come to."""

    def __init__(self, stack: Stack) -> None:
        self._classes = stack.of_kind("storage.k8s.io", "StorageClass")
        self._named: dict[Plain, Resource] = {}
        self._nameless = False
        for resource in self._classes:
            name = object_name(resource)
            if isinstance(name, Field) and isinstance(name.value, str):
                self._named[name.value] = resource
            else:
                self._nameless = True

    def disk_of(self, claim: Field) -> Disk | Unjudged:
        """The disk that a claim gets. Unjudged, with the claim's path, where any step on the way there is not known."""
        name = class_name(claim)
        if isinstance(name, Unjudged):
            return name
        if isinstance(name.value, str):
            return self._of_class(name.path, name.value)
        return self._of_default(name.path)

    def _of_class(self, path: str, name: str) -> Disk | Unjudged:
        if not name:
            return Unjudged(path=path, reason="is empty, so that the claim takes a volume that somebody made by hand")
        if name in self._named:
            return _disk(path, name, self._named[name])
        if name in GKE_CLASSES:
            return Disk(path=path, class_name=name, type=GKE_CLASSES[name], provisioner=DRIVER)
        if self._nameless:
            return Unjudged(path=path, reason="may name the StorageClass whose own name is not known")
        return Disk(path=path, class_name=name, type=None, provisioner=None)

    def _of_default(self, path: str) -> Disk | Unjudged:
        """GKE's own default, or the stack's: of two defaults Kubernetes takes the newer one."""
        for resource in self._classes:
            mark = is_default(resource)
            if isinstance(mark, Unjudged):
                return Unjudged(path=path, reason=f"is absent, and of {resource.title} {mark.path} {mark.reason}")
            if mark:
                return _disk(path, resource.name, resource)
        return Disk(path=path, class_name=None, type=GKE_CLASSES[GKE_DEFAULT_CLASS], provisioner=DRIVER)


def is_default(storage_class: Resource) -> bool | Unjudged:
    """Whether a StorageClass is marked as the cluster's default."""
    for mark in _DEFAULT_MARKS:
        field = Field.root(storage_class).at("metadata", "annotations", mark)
        if isinstance(field, Unjudged):
            return field
        if field.value == "true":
            return True
    return False


def _disk(path: str, name: str, storage_class: Resource) -> Disk | Unjudged:
    root = Field.root(storage_class)
    provisioner, type_ = text(root.at("provisioner"), absent=""), text(root.at("parameters", "type"), absent="")
    for one in (provisioner, type_):
        if isinstance(one, Unjudged):
            return Unjudged(path=path, reason=f"leads to {storage_class.title}, whose {one.path} {one.reason}")
    # The driver takes the type in capitals too.
    return Disk(path=path, class_name=name, type=str(type_).lower() or DEFAULT_DISK, provisioner=str(provisioner))
