from __future__ import annotations

from typing import Any, get_args

import pytest

from components import hardening
from settings import ClusterSettings
from tests.program_mocks import World, of_settings

CLUSTER = "gcp:container/cluster:Cluster"
NODE_POOL = "gcp:container/nodePool:NodePool"
ZONES = ["europe-west1-b", "europe-west1-c", "europe-west1-d"]


def world(**cluster: Any) -> World:
    return of_settings({"environment": "staging", "cluster": cluster, "backup": {"enabled": False}})


def cluster(**settings: Any) -> dict[str, Any]:
    return world(**settings).one(CLUSTER).inputs


def test_defaults_are_the_safe_ones() -> None:
    inputs = of_settings().one(CLUSTER).inputs
    assert inputs["deletionProtection"] is True
    assert inputs["privateClusterConfig"] == {"enablePrivateNodes": True, "enablePrivateEndpoint": True}
    assert inputs["controlPlaneEndpointsConfig"] == {
        "dnsEndpointConfig": {
            "allowExternalTraffic": True,
            "enableK8sTokensViaDns": False,
            "enableK8sCertsViaDns": False,
        },
        "ipEndpointsConfig": {"enabled": False},
    }
    assert inputs["workloadIdentityConfig"] == {"workloadPool": "a-project.svc.id.goog"}
    assert inputs["verticalPodAutoscaling"] == {"enabled": True}
    assert inputs["datapathProvider"] == "ADVANCED_DATAPATH"
    assert inputs["enableShieldedNodes"] is True
    assert inputs["releaseChannel"] == {"channel": "REGULAR"}
    assert inputs["addonsConfig"]["gkeBackupAgentConfig"] == {"enabled": True}
    assert inputs["monitoringConfig"]["managedPrometheus"] == {"enabled": True}
    assert inputs["loggingConfig"] == {"enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS"]}
    assert inputs["costManagementConfig"] == {"enabled": True}
    assert inputs["securityPostureConfig"] == {"mode": "BASIC", "vulnerabilityMode": "VULNERABILITY_DISABLED"}
    assert inputs["notificationConfig"] == {"pubsub": {"enabled": True, "topic": "cluster-upgrades-id"}}
    assert inputs["binaryAuthorization"] == {"evaluationMode": "DISABLED"}


def test_components_are_in_the_order_that_google_returns_them_in() -> None:
    inputs = cluster(
        log_components=["SCHEDULER", "WORKLOADS", "SYSTEM_COMPONENTS"],
        metric_components=["STATEFULSET", "POD", "KUBELET", "CADVISOR", "SYSTEM_COMPONENTS"],
    )
    assert inputs["loggingConfig"]["enableComponents"] == ["SYSTEM_COMPONENTS", "WORKLOADS", "SCHEDULER"]
    metrics = inputs["monitoringConfig"]["enableComponents"]
    assert metrics == ["SYSTEM_COMPONENTS", "POD", "STATEFULSET", "CADVISOR", "KUBELET"]


@pytest.mark.parametrize(
    ("field", "order"), [("log_components", hardening.LOG_ORDER), ("metric_components", hardening.METRIC_ORDER)]
)
def test_every_component_that_can_be_named_has_a_place_in_that_order(field: str, order: tuple[str, ...]) -> None:
    (component, _) = get_args(ClusterSettings.model_fields[field].annotation)
    assert set(get_args(component)) == set(order)


def test_no_kubelet_answers_anybody_without_a_question() -> None:
    inputs = cluster()
    closed = {"insecureKubeletReadonlyPortEnabled": "FALSE"}
    assert inputs["nodePoolAutoConfig"]["nodeKubeletConfig"] == closed
    assert inputs["nodePoolDefaults"]["nodeConfigDefaults"].items() >= closed.items()
    assert world().one(NODE_POOL).inputs["nodeConfig"]["kubeletConfig"] == closed


def test_auto_provisioned_machines() -> None:
    limits = {"max_cpu_cores": 40, "max_memory_gb": 160, "boot_disk_gb": 50, "profile": "OPTIMIZE_UTILIZATION"}
    scaling = cluster(auto_provisioning=limits)["clusterAutoscaling"]
    assert [(limit["resourceType"], limit["maximum"]) for limit in scaling["resourceLimits"]] == [
        ("cpu", 40),
        ("memory", 160),
    ]
    assert scaling["autoscalingProfile"] == "OPTIMIZE_UTILIZATION"
    assert scaling["autoProvisioningLocations"] == ZONES
    defaults = scaling["autoProvisioningDefaults"]
    assert (defaults["diskType"], defaults["diskSize"], defaults["imageType"]) == ("pd-ssd", 50, "COS_CONTAINERD")
    assert defaults["shieldedInstanceConfig"] == {"enableSecureBoot": True, "enableIntegrityMonitoring": True}
    assert defaults["management"] == {"autoRepair": True, "autoUpgrade": True}
    # Google's own defaults are 0 and 0, with which no machine can be upgraded.
    assert defaults["upgradeSettings"] == {"strategy": "SURGE", "maxSurge": 1, "maxUnavailable": 0}
    assert defaults["serviceAccount"] == "p2p-nodes-test-vm@a-project.iam.gserviceaccount.com"


def test_blue_green_upgrades_go_a_machine_at_a_time_and_leave_an_hour_to_look() -> None:
    scaling = cluster(auto_provisioning={"upgrade_strategy": "blue-green"})["clusterAutoscaling"]
    assert scaling["autoProvisioningDefaults"]["upgradeSettings"] == {
        "strategy": "BLUE_GREEN",
        "blueGreenSettings": {
            "nodePoolSoakDuration": "3600s",
            "standardRolloutPolicy": {"batchNodeCount": 1, "batchSoakDuration": "0s"},
        },
    }


def test_machines_have_an_account_of_their_own_with_one_role_before_they_start() -> None:
    built = world()
    role = built.one("gcp:projects/iAMMember:IAMMember")
    assert role.inputs["role"] == "roles/container.defaultNodeServiceAccount"
    assert role.inputs["member"] == "serviceAccount:p2p-nodes-test-vm@a-project.iam.gserviceaccount.com"
    assert role.urn in built.one(CLUSTER).dependencies
    pool = built.one(NODE_POOL).inputs
    assert pool["nodeConfig"]["serviceAccount"] == "p2p-nodes-test-vm@a-project.iam.gserviceaccount.com"


def test_workloads_stay_off_the_system_pool() -> None:
    pool = world().one(NODE_POOL).inputs
    (taint,) = pool["nodeConfig"]["taints"]
    assert taint["effect"] == "NO_SCHEDULE"
    assert pool["upgradeSettings"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert pool["nodeConfig"]["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}


def test_what_the_api_reports_of_the_removed_pool_is_no_change() -> None:
    registered = world().one(CLUSTER)
    assert registered.inputs["removeDefaultNodePool"] is True
    assert registered.ignored == ("nodeConfig", "initialNodeCount")


@pytest.mark.parametrize("zones", [ZONES, ["europe-west1-d", "europe-west1-c", "europe-west1-b"]])
def test_control_plane_pool_and_auto_provisioning_are_in_the_same_zones(zones: list[str]) -> None:
    built = world(zones=zones)
    inputs = built.one(CLUSTER).inputs
    # In one order, whatever it was written in: Google returns them in its own.
    assert inputs["nodeLocations"] == ZONES
    assert inputs["clusterAutoscaling"]["autoProvisioningLocations"] == ZONES
    assert built.one(NODE_POOL).inputs["nodeLocations"] == ZONES


@pytest.mark.parametrize(
    ("access", "external", "by_dns", "by_ip"), [("dns", True, True, False), ("ip", False, False, True)]
)
def test_the_control_plane_has_one_endpoint(access: str, external: bool, by_dns: bool, by_ip: bool) -> None:
    endpoints = cluster(control_plane_access=access, external_access=external)["controlPlaneEndpointsConfig"]
    assert endpoints["dnsEndpointConfig"]["allowExternalTraffic"] is by_dns
    assert endpoints["ipEndpointsConfig"] == {"enabled": by_ip}


def test_the_private_address_is_for_authorized_networks_only() -> None:
    inputs = cluster(control_plane_access="ip", authorized_networks=["10.99.0.0/24"])
    assert inputs["masterAuthorizedNetworksConfig"] == {
        "cidrBlocks": [{"cidrBlock": "10.99.0.0/24"}],
        "gcpPublicCidrsAccessEnabled": False,
        "privateEndpointEnforcementEnabled": True,
    }
    assert "masterAuthorizedNetworksConfig" not in cluster()


def test_what_can_be_switched_off() -> None:
    built = world(
        upgrade_notifications=False,
        backup_agent=False,
        managed_prometheus=False,
        cost_allocation=False,
        security_posture="disabled",
        log_components=[],
        metric_components=["SYSTEM_COMPONENTS"],
        binary_authorization="enforced",
    )
    inputs = built.one(CLUSTER).inputs
    assert built.of_type("gcp:pubsub/topic:Topic") == []
    assert inputs["notificationConfig"] == {"pubsub": {"enabled": False}}
    assert inputs["addonsConfig"]["gkeBackupAgentConfig"] == {"enabled": False}
    assert inputs["monitoringConfig"] == {
        "enableComponents": ["SYSTEM_COMPONENTS"],
        "managedPrometheus": {"enabled": False},
    }
    assert inputs["loggingConfig"] == {"enableComponents": []}
    assert inputs["costManagementConfig"] == {"enabled": False}
    assert inputs["securityPostureConfig"]["mode"] == "DISABLED"
    assert inputs["binaryAuthorization"] == {"evaluationMode": "PROJECT_SINGLETON_POLICY_ENFORCE"}


@pytest.mark.parametrize("protect", [True, False])
def test_the_cluster_is_protected_and_its_pool_can_be_replaced(protect: bool) -> None:
    built = of_settings({"environment": "staging", "protect": protect})
    assert built.one(CLUSTER).protected is protect
    assert built.one(NODE_POOL).protected is False


def test_the_driver_of_secrets_is_there_where_it_is_asked_for() -> None:
    assert "secretManagerConfig" not in cluster()
    assert cluster(secret_manager=True)["secretManagerConfig"] == {"enabled": True}
