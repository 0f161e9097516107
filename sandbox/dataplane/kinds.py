"""The kinds the data plane reads and writes, and where the API server keeps them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Where a kind lives below the API server's address. `watched` kinds are kept in the cache."""

    root: str
    plural: str
    namespaced: bool
    api_version: str
    watched: bool = True

    def collection(self, namespace: str = "") -> str:
        """Path of all objects, or of one namespace's."""
        return f"{self.root}/namespaces/{namespace}/{self.plural}" if namespace else f"{self.root}/{self.plural}"


def _kind(group: str, plural: str, *, namespaced: bool, watched: bool = True) -> Kind:
    root = f"/apis/{group}" if "/" in group else f"/api/{group}"
    return Kind(root=root, plural=plural, namespaced=namespaced, api_version=group, watched=watched)


KINDS: dict[str, Kind] = {
    "Pod": _kind("v1", "pods", namespaced=True),
    "Node": _kind("v1", "nodes", namespaced=False),
    "Service": _kind("v1", "services", namespaced=True),
    "PersistentVolumeClaim": _kind("v1", "persistentvolumeclaims", namespaced=True),
    "PersistentVolume": _kind("v1", "persistentvolumes", namespaced=False),
    "StorageClass": _kind("storage.k8s.io/v1", "storageclasses", namespaced=False),
    "VolumeAttachment": _kind("storage.k8s.io/v1", "volumeattachments", namespaced=False),
    "CSIDriver": _kind("storage.k8s.io/v1", "csidrivers", namespaced=False),
    "CSINode": _kind("storage.k8s.io/v1", "csinodes", namespaced=False),
    "VolumeSnapshot": _kind("snapshot.storage.k8s.io/v1", "volumesnapshots", namespaced=True),
    "VolumeSnapshotContent": _kind("snapshot.storage.k8s.io/v1", "volumesnapshotcontents", namespaced=False),
    "VolumeSnapshotClass": _kind("snapshot.storage.k8s.io/v1", "volumesnapshotclasses", namespaced=False),
    "ComputeClass": _kind("cloud.google.com/v1", "computeclasses", namespaced=False),
    "Event": _kind("v1", "events", namespaced=True, watched=False),
}
