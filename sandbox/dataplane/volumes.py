"""Volumes for claims, after external-provisioner: the first half of the CSI stand-in."""

from __future__ import annotations

from sandbox.dataplane.changes import Action, Create, Emit, Json, Patch, PutRecord, Wait, name_of
from sandbox.dataplane.disks import DEFAULT_TYPE, disk_record, disk_types, gib, zone_for
from sandbox.dataplane.facts import DRIVER, ZONE_LABEL, Cluster, Facts, by_key, by_name
from sandbox.dataplane.reclaim import FINALIZER, PROVISIONED_BY
from sandbox.dataplane.selectors import topology_terms_match
from sandbox.simulator.store import Record

PROVISIONER = "volume.kubernetes.io/storage-provisioner"
SELECTED_NODE = "volume.kubernetes.io/selected-node"


class Refused(Exception):  # noqa: N818 - a refusal is what it is
    """The driver will not make this volume; the text is its reason."""


def plan(facts: Facts) -> list[Action]:
    """Volumes to make. Does nothing without a cluster: then there is no driver either."""
    if facts.cluster is None:
        return []
    actions = _register(facts)
    classes, volumes = by_name(facts.storage_classes), by_name(facts.volumes)
    for claim in facts.claims:
        storage_class = classes.get(claim["spec"].get("storageClassName") or "")
        if storage_class is not None and _wants_volume(claim, volumes):
            actions.append(_provision(facts, facts.cluster, claim, storage_class))
    return actions


def _register(facts: Facts) -> list[Action]:
    if DRIVER in by_name(facts.drivers):
        return []
    # As GKE has it: https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver, deploy/kubernetes/base
    body = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "CSIDriver",
        "metadata": {"name": DRIVER},
        "spec": {"attachRequired": True, "podInfoOnMount": False},
    }
    return [Action(changes=(Create(kind="CSIDriver", body=body),))]


def volume_name(claim: Json) -> str:
    """The provisioner's name for a claim's volume and disk."""
    return f"pvc-{claim['metadata']['uid']}"


def _wants_volume(claim: Json, volumes: dict[str, Json]) -> bool:
    # The volume controller puts this annotation on a claim once a volume may be made: at once, or after the scheduler
    # has selected a node.
    asked = (claim["metadata"].get("annotations") or {}).get(PROVISIONER) == DRIVER
    return (
        asked
        and not claim["spec"].get("volumeName")
        and not claim["metadata"].get("deletionTimestamp")
        and volume_name(claim) not in volumes
    )


def _provision(facts: Facts, cluster: Cluster, claim: Json, storage_class: Json) -> Action:
    selected = (claim["metadata"].get("annotations") or {}).get(SELECTED_NODE)
    nodes = by_name(facts.nodes)
    if selected and selected not in nodes:
        # The node went in between: without the annotation the scheduler chooses again.
        undo = Patch(
            kind="PersistentVolumeClaim",
            namespace=claim["metadata"]["namespace"],
            name=claim["metadata"]["name"],
            body={"metadata": {"annotations": {SELECTED_NODE: None}}},
        )
        return Action(changes=(_failed(claim, f'node "{selected}" not found; the claim is scheduled again'), undo))
    try:
        zone = _zone(cluster, claim, storage_class, nodes.get(selected or ""))
        type, size = _type_and_size(claim, storage_class)
        snapshot = _source(facts, claim, size)
    except Refused as refusal:
        return Action(
            changes=(
                _failed(
                    claim,
                    f'failed to provision volume with StorageClass "{storage_class["metadata"]["name"]}": {refusal}',
                ),
            )
        )
    name = volume_name(claim)
    disk = disk_record(cluster, claim, name=name, zone=zone, type=type, size_gib=size, snapshot=snapshot)
    done = Emit(
        about=claim,
        reason="ProvisioningSucceeded",
        message=f"Successfully provisioned volume {name}",
        component=DRIVER,
    )
    return Action(
        changes=(
            PutRecord(record=disk),
            Create(kind="PersistentVolume", body=_volume(claim, storage_class, disk, zone=zone, size=size)),
            done,
        ),
        wait=Wait(
            row="disk-restore" if snapshot else "disk-create",
            key=f"provision {claim['metadata']['uid']}",
            about=name_of(claim),
            since=None if selected else claim["metadata"]["creationTimestamp"],
        ),
    )


def _zone(cluster: Cluster, claim: Json, storage_class: Json, node: Json | None) -> str:
    terms = storage_class.get("allowedTopologies")
    if node is not None:
        zone = str(node["metadata"]["labels"].get(ZONE_LABEL, ""))
        if not topology_terms_match(terms, {ZONE_LABEL: zone}):
            raise Refused(f"zone {zone} of node {node['metadata']['name']} is not among the class's allowedTopologies")
        return zone
    allowed = tuple(z for z in cluster.zones if topology_terms_match(terms, {ZONE_LABEL: z}))
    if not allowed:
        raise Refused(f"no zone of the cluster ({', '.join(cluster.zones)}) is among the class's allowedTopologies")
    return zone_for(claim["metadata"]["name"], allowed)


def _type_and_size(claim: Json, storage_class: Json) -> tuple[str, int]:
    parameters = storage_class.get("parameters") or {}
    type = parameters.get("type") or DEFAULT_TYPE
    if parameters.get("replication-type", "none") != "none":
        raise Refused(f"replication-type {parameters['replication-type']} is not simulated, only zonal disks are")
    known = disk_types().get(type)
    if known is None:
        raise Refused(
            f"rpc error: code = InvalidArgument desc = disk type {type!r} does not exist in this zone; "
            f"types: {', '.join(sorted(disk_types()))}"
        )
    size = max(gib(claim["spec"]["resources"]["requests"]["storage"]), known.min_gib)
    if size > known.max_gib:
        raise Refused(
            f"rpc error: code = OutOfRange desc = a {type} disk holds {known.max_gib} GiB at most, not {size}"
        )
    return type, size


def _source(facts: Facts, claim: Json, size: int) -> str | None:
    """The handle of the snapshot that the claim starts from, if it names one."""
    source = claim["spec"].get("dataSource") or claim["spec"].get("dataSourceRef")
    if not source:
        return None
    if source["kind"] != "VolumeSnapshot":
        raise Refused(f"a dataSource of kind {source['kind']} is not simulated, only VolumeSnapshot is")
    namespace = source.get("namespace") or claim["metadata"]["namespace"]
    snapshot = by_key(facts.snapshots).get((namespace, source["name"]))
    status = (snapshot or {}).get("status") or {}
    content = by_name(facts.snapshot_contents).get(status.get("boundVolumeSnapshotContentName") or "")
    if snapshot is None:
        raise Refused(
            f'error getting snapshot {source["name"]} from api server: volumesnapshots "{source["name"]}" not found'
        )
    if not status.get("readyToUse") or content is None:
        raise Refused(f"snapshot {source['name']} is not ready")
    needed = gib(status.get("restoreSize") or "0")
    if size < needed:
        raise Refused(
            f"requested volume size {size}Gi is less than the size {needed}Gi for the source snapshot {source['name']}"
        )
    handle = str((content.get("status") or {}).get("snapshotHandle") or "")
    if handle not in facts.records:
        raise Refused(f"rpc error: code = NotFound desc = the snapshot {handle} does not exist")
    return handle


def _volume(claim: Json, storage_class: Json, disk: Record, *, zone: str, size: int) -> Json:
    metadata, parameters = claim["metadata"], storage_class.get("parameters") or {}
    policy = storage_class.get("reclaimPolicy") or "Delete"
    block = claim["spec"].get("volumeMode") == "Block"
    source: Json = {"driver": DRIVER, "volumeHandle": disk.id}
    if not block:
        source["fsType"] = parameters.get("csi.storage.k8s.io/fstype") or "ext4"
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {
            "name": volume_name(claim),
            "annotations": {PROVISIONED_BY: DRIVER},
            "finalizers": [FINALIZER] if policy == "Delete" else [],
        },
        "spec": {
            "accessModes": claim["spec"]["accessModes"],
            "capacity": {"storage": f"{size}Gi"},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": metadata["namespace"],
                "name": metadata["name"],
                "uid": metadata["uid"],
                "resourceVersion": metadata["resourceVersion"],
            },
            "csi": source,
            "mountOptions": storage_class.get("mountOptions") or [],
            "nodeAffinity": {
                "required": {
                    "nodeSelectorTerms": [
                        {"matchExpressions": [{"key": ZONE_LABEL, "operator": "In", "values": [zone]}]}
                    ]
                }
            },
            "persistentVolumeReclaimPolicy": policy,
            "storageClassName": storage_class["metadata"]["name"],
            "volumeMode": claim["spec"].get("volumeMode") or "Filesystem",
        },
    }


def _failed(claim: Json, message: str) -> Emit:
    return Emit(about=claim, reason="ProvisioningFailed", message=message, type="Warning", component=DRIVER)
