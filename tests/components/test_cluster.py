from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest

from components.cluster import Cluster, ClusterArgs
from settings import AutoProvisioningSettings, ClusterSettings
from tests.program_mocks import World, run

CLUSTER = "gcp:container/cluster:Cluster"


def world(settings: ClusterSettings | None = None) -> World:
    args = ClusterArgs(
        name="p2p",
        project="a-project",
        region="europe-west1",
        network_id="network",
        subnetwork_id="subnetwork",
        labels={"platform": "p2p"},
        settings=settings or ClusterSettings(),
    )
    return run(lambda: Cluster("cluster", args))


def cluster(settings: ClusterSettings | None = None) -> dict[str, Any]:
    return world(settings).one(CLUSTER).inputs


def test_defaults_are_the_safe_ones() -> None:
    inputs = cluster()
    assert inputs["deletionProtection"] is True
    assert inputs["privateClusterConfig"] == {"enablePrivateNodes": True, "enablePrivateEndpoint": True}
    assert inputs["controlPlaneEndpointsConfig"] == {
        "dnsEndpointConfig": {"allowExternalTraffic": False},
        "ipEndpointsConfig": {"enabled": False},
    }
    assert inputs["workloadIdentityConfig"] == {"workloadPool": "a-project.svc.id.goog"}
    assert inputs["verticalPodAutoscaling"] == {"enabled": True}
    assert inputs["datapathProvider"] == "ADVANCED_DATAPATH"
    assert inputs["enableShieldedNodes"] is True


def test_auto_provisioned_machines() -> None:
    limits = AutoProvisioningSettings(max_cpu_cores=8, max_memory_gb=32, boot_disk_gb=50)
    scaling = cluster(ClusterSettings(auto_provisioning=limits))["clusterAutoscaling"]
    assert [(limit["resourceType"], limit["maximum"]) for limit in scaling["resourceLimits"]] == [
        ("cpu", 8),
        ("memory", 32),
    ]
    defaults = scaling["autoProvisioningDefaults"]
    assert (defaults["diskType"], defaults["diskSize"]) == ("pd-ssd", 50)
    # Google's own defaults are 0 and 0, with which no machine can be upgraded.
    assert defaults["upgradeSettings"] == {"strategy": "SURGE", "maxSurge": 1, "maxUnavailable": 0}
    assert defaults["serviceAccount"] == "p2p-vm@project.iam.gserviceaccount.com"


def test_machines_have_an_account_of_their_own_with_one_role_before_they_start() -> None:
    built = world()
    role = built.one("gcp:projects/iAMMember:IAMMember")
    assert role.inputs["role"] == "roles/container.defaultNodeServiceAccount"
    assert role.inputs["member"] == "serviceAccount:p2p-vm@project.iam.gserviceaccount.com"
    assert role.urn in built.one(CLUSTER).dependencies
    pool = built.one("gcp:container/nodePool:NodePool").inputs
    assert pool["nodeConfig"]["serviceAccount"] == "p2p-vm@project.iam.gserviceaccount.com"


def test_workloads_stay_off_the_system_pool() -> None:
    pool = world().one("gcp:container/nodePool:NodePool").inputs
    (taint,) = pool["nodeConfig"]["taints"]
    assert taint["effect"] == "NO_SCHEDULE"
    assert pool["upgradeSettings"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_what_the_api_reports_of_the_removed_pool_is_no_change() -> None:
    registered = world().one(CLUSTER)
    assert registered.inputs["removeDefaultNodePool"] is True
    assert registered.ignored == ("nodeConfig",)


@pytest.mark.parametrize(("access", "external", "expected"), [("dns", True, True), ("ip", True, False)])
def test_external_access_is_a_matter_of_the_dns_endpoint(access: Any, external: bool, expected: bool) -> None:
    endpoints = cluster(ClusterSettings(control_plane_access=access, external_access=external))
    assert endpoints["controlPlaneEndpointsConfig"]["dnsEndpointConfig"]["allowExternalTraffic"] is expected


def test_the_private_address_is_for_authorized_networks_only() -> None:
    networks = (IPv4Network("10.99.0.0/24"),)
    inputs = cluster(ClusterSettings(control_plane_access="ip", authorized_networks=networks))
    assert inputs["masterAuthorizedNetworksConfig"] == {
        "cidrBlocks": [{"cidrBlock": "10.99.0.0/24"}],
        "gcpPublicCidrsAccessEnabled": False,
        "privateEndpointEnforcementEnabled": True,
    }
    assert "masterAuthorizedNetworksConfig" not in cluster()
