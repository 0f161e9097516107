from __future__ import annotations

from typing import Any

import pytest

from tests.program_mocks import World, of_settings

DISKS = "kubernetes:storage.k8s.io/v1:StorageClass"
SNAPSHOTS = "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass"
MACHINES = "kubernetes:cloud.google.com/v1:ComputeClass"


def world(**settings: Any) -> World:
    return of_settings({"environment": "staging", **settings})


@pytest.mark.parametrize("policy", ["Retain", "Delete"])
def test_the_ssd_class(policy: str) -> None:
    inputs = world(storage={"reclaim_policy": policy}).one(DISKS).inputs
    assert inputs["metadata"]["name"] == "ssd"
    assert inputs["provisioner"] == "pd.csi.storage.gke.io"
    assert inputs["parameters"] == {"type": "pd-ssd"}
    assert inputs["volumeBindingMode"] == "WaitForFirstConsumer"
    assert inputs["allowVolumeExpansion"] is True
    assert inputs["reclaimPolicy"] == policy


def test_disks_can_be_encrypted_with_a_key_of_one_s_own() -> None:
    key = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"
    inputs = world(storage={"encryption_key": key}).one(DISKS).inputs
    assert inputs["parameters"] == {"type": "pd-ssd", "disk-encryption-kms-key": key}


@pytest.mark.parametrize(
    ("settings", "location"),
    [
        ({}, "eu"),
        ({"region": "us-east1"}, "us"),
        ({"region": "asia-south1"}, "asia"),
        # London and Zürich are outside the multi-region, which is the European Union's.
        ({"region": "europe-west2", "backup": {"enabled": False}}, "europe-west2"),
        ({"storage": {"snapshot_location": "europe-west3"}}, "europe-west3"),
    ],
)
def test_snapshots_outlive_the_region_where_there_is_a_multi_region(settings: dict[str, Any], location: str) -> None:
    inputs = world(**settings).one(SNAPSHOTS).inputs
    assert inputs["driver"] == "pd.csi.storage.gke.io"
    assert inputs["parameters"]["storage-locations"] == location
    assert inputs["deletionPolicy"] == "Retain"


def test_snapshots_carry_the_labels_of_the_stack() -> None:
    labels = world(labels={"team": "nodes"}).one(SNAPSHOTS).inputs["parameters"]["labels"]
    assert labels == ("environment=staging,managed-by=pulumi,part-of=p2p-nodes,platform=p2p-nodes-test,team=nodes")


def test_machines_fall_back_from_family_to_family_and_never_to_one_that_was_not_named() -> None:
    spec = world(machines={"families": ["c3", "n4"]}, storage={"disk_type": "hyperdisk-balanced"}, cluster=SSD).one(
        MACHINES
    )
    assert spec.inputs["spec"] == {
        "priorities": [
            {"machineFamily": family, "storage": {"bootDiskType": "hyperdisk-balanced", "bootDiskSize": 50}}
            for family in ("c3", "n4")
        ],
        "nodePoolAutoCreation": {"enabled": True},
        "whenUnsatisfiable": "DoNotScaleUp",
    }


def test_spot_machines_of_every_family_come_first_where_they_are_wanted() -> None:
    families = {"families": ["e2", "n2"]}
    spot, usual = (
        world(machines={**families, **wanted}).one(MACHINES).inputs["spec"]
        for wanted in ({"spot": True}, {"spot": False})
    )
    assert [(rule["machineFamily"], rule.get("spot")) for rule in spot["priorities"]] == [
        ("e2", True),
        ("n2", True),
        ("e2", None),
        ("n2", None),
    ]
    assert [rule for rule in spot["priorities"] if "spot" not in rule] == usual["priorities"]
    assert len({str(rule["storage"]) for rule in spot["priorities"]}) == 1
    assert "activeMigration" not in spot
    assert {**spot, "priorities": usual["priorities"]} == usual


SSD = {
    "system_pool": {"machine_type": "c3-standard-4"},
    "auto_provisioning": {"boot_disk_type": "hyperdisk-balanced", "boot_disk_gb": 50},
}


def test_every_workload_is_on_machines_of_the_class_and_names_no_family_itself() -> None:
    built = world()
    name = built.one(MACHINES).inputs["metadata"]["name"]
    pods = [
        built.one(kind).inputs["spec"]["template"]["spec"]
        for kind in ("kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:Deployment")
    ]
    # GKE refuses a pod that names a class and a family.
    assert [pod["nodeSelector"] for pod in pods] == [{"cloud.google.com/compute-class": name}] * 2
