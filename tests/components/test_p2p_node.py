from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from components.p2p_node import P2PNode, P2PNodeArgs
from settings import DnsSettings, NodeSettings
from tests.components.platforms import MACHINES, PLATFORM
from tests.program_mocks import SERVICE, Registered, World, run

STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"


@cache
def world(replicas: int = 2) -> World:
    def program() -> None:
        P2PNode(
            "p2p-node",
            P2PNodeArgs(
                platform=PLATFORM,
                cluster_version="1.34.1-gke.1431000",
                machines=MACHINES,
                storage_class="ssd",
                environment={"http_proxy": "http://proxy:3128"},
                proxy_port=3128,
                settings=NodeSettings(replicas=replicas, dns=DnsSettings(zone="nodes", domain="nodes.example.org")),
            ),
        )

    return run(program)


def stateful_set() -> dict[str, Any]:
    spec: dict[str, Any] = world().one(STATEFUL_SET).inputs["spec"]
    return spec


def container() -> dict[str, Any]:
    (only,) = stateful_set()["template"]["spec"]["containers"]
    return dict(only)


def balancers(replicas: int = 2) -> list[Registered]:
    services = world(replicas).of_type(SERVICE)
    # In order of their names: the program registers them concurrently.
    return sorted(
        (one for one in services if one.inputs["spec"].get("type") == "LoadBalancer"), key=lambda one: one.name
    )


def test_parity_with_the_original() -> None:
    assert stateful_set()["replicas"] == 2
    assert container()["image"] == "atactr/automata:contextfree-v0.1.0-rc4"
    # What the image's start script made of `--node-type full --name ...`, and a metrics port besides.
    assert container()["command"] == ["/usr/local/bin/automata"]
    assert {"--chain=contextfree", "--base-path=/data", "--rpc-external", "--rpc-cors=all"} <= set(container()["args"])
    assert [port["containerPort"] for port in container()["ports"]] == [30333, 9944, 9933, 9615]
    security = stateful_set()["template"]["spec"]["securityContext"]
    assert [security[key] for key in ("runAsUser", "runAsGroup", "fsGroup")] == [1000, 1000, 1000]
    assert {"name": "data", "mountPath": "/data"} in container()["volumeMounts"]


def test_each_pod_has_a_name_that_substrate_accepts() -> None:
    variable = {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
    assert variable in container()["env"]
    (name,) = (one.removeprefix("--name=") for one in container()["args"] if one.startswith("--name="))
    assert name == "p2p-nodes-test-$(POD_NAME)"
    longest = name.replace("$(POD_NAME)", "p2p-node-9999").replace("p2p-nodes-test", "p" * 24)
    assert len(longest) < 64
    assert not set(".@") & set(longest)


def test_the_claim_is_fifty_gibibytes_on_the_ssd_class() -> None:
    (claim,) = stateful_set()["volumeClaimTemplates"]
    assert claim["metadata"]["name"] == "data"
    assert claim["spec"]["storageClassName"] == "ssd"
    assert claim["spec"]["resources"]["requests"]["storage"] == "50Gi"


def test_up_does_not_wait_for_nodes_that_sync() -> None:
    skipped = {"pulumi.com/skipAwait": "true"}
    assert world().one(STATEFUL_SET).inputs["metadata"]["annotations"] == skipped
    assert world().one(SERVICE, "p2p-node-headless").inputs["metadata"]["annotations"] == skipped
    for one in balancers():
        assert "pulumi.com/skipAwait" not in one.inputs["metadata"]["annotations"]
        assert one.inputs["spec"]["publishNotReadyAddresses"] is True


def test_nothing_tears_the_database_or_kills_a_syncing_node() -> None:
    assert stateful_set()["podManagementPolicy"] == "Parallel"
    assert stateful_set()["template"]["spec"]["terminationGracePeriodSeconds"] > 60
    paths = {
        probe: container()[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    assert paths == {"startupProbe": "/health", "livenessProbe": "/metrics", "readinessProbe": "/health"}


@pytest.mark.parametrize("replicas", [1, 2, 5])
def test_each_pod_has_an_address_of_its_own_for_peers_only(replicas: int) -> None:
    pods = [f"p2p-node-{ordinal}" for ordinal in range(replicas)]
    assert [one.name for one in balancers(replicas)] == pods
    for pod, one in zip(pods, balancers(replicas), strict=True):
        spec = one.inputs["spec"]
        assert spec["selector"] == {"statefulset.kubernetes.io/pod-name": pod}
        assert spec["externalTrafficPolicy"] == "Local"
        assert [port["port"] for port in spec["ports"]] == [30333]


def test_balancers_come_after_the_pods_whose_endpoints_they_wait_for() -> None:
    urn = world().one(STATEFUL_SET).urn
    assert all(urn in one.dependencies for one in balancers())


def test_scaling_changes_nothing_of_the_first_nodes() -> None:
    few, many = ({one.key: deepcopy(one.inputs) for one in world(replicas).resources} for replicas in (2, 5))
    for resources in (few, many):
        del resources[f"{STATEFUL_SET} p2p-node"]["spec"]["replicas"]
    assert {key: many[key] for key in few} == few


def test_the_budget_lets_one_go_and_never_blocks_on_a_syncing_node() -> None:
    spec = world().one("kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]
    assert spec["maxUnavailable"] == 1
    assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    assert spec["selector"]["matchLabels"] == stateful_set()["selector"]["matchLabels"]


def test_the_selector_finds_the_pods() -> None:
    labels = stateful_set()["template"]["metadata"]["labels"]
    assert stateful_set()["selector"]["matchLabels"].items() <= labels.items()
    assert labels["app.kubernetes.io/part-of"] == "p2p-nodes"


def test_the_autoscaler_acts_within_bounds() -> None:
    spec = world().one("kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler").inputs["spec"]
    assert spec["targetRef"] == {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "p2p-node"}
    assert spec["updatePolicy"] == {"updateMode": "Recreate", "minReplicas": 1}
    (policy,) = spec["resourcePolicy"]["containerPolicies"]
    assert policy["containerName"] == container()["name"]
    assert policy["minAllowed"] == {"cpu": "250m", "memory": "1024Mi"}
    assert policy["maxAllowed"] == {"cpu": "4000m", "memory": "16384Mi"}


def test_nodes_have_machines_of_their_own_and_zones_where_there_is_room() -> None:
    spec = stateful_set()["template"]["spec"]
    (apart,) = spec["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert apart["topologyKey"] == "kubernetes.io/hostname"
    (spread,) = spec["topologySpreadConstraints"]
    assert (spread["topologyKey"], spread["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "ScheduleAnyway")
    assert spread["maxSkew"] == 1
    for one in (apart, spread):
        assert one["labelSelector"]["matchLabels"] == stateful_set()["selector"]["matchLabels"]


def test_the_proxy_reaches_the_container() -> None:
    assert {"name": "http_proxy", "value": "http://proxy:3128"} in container()["env"]


def test_pods_meet_the_restricted_standard_of_their_namespace() -> None:
    pod = stateful_set()["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert container()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    namespace = world().one("kubernetes:core/v1:Namespace")
    assert namespace.inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_there_is_a_memory_limit_and_no_cpu_limit() -> None:
    resources = container()["resources"]
    assert resources["requests"] == {"cpu": "500m", "memory": "2048Mi"}
    assert resources["limits"] == {"memory": "4096Mi"}


def test_the_namespace_is_there_before_anything_in_it() -> None:
    urn = world().one("kubernetes:core/v1:Namespace").urn
    order = {one.urn: one for one in world().resources}

    def reaches(one: Registered) -> bool:
        return any(need == urn or (need in order and reaches(order[need])) for need in one.dependencies)

    for one in world().resources:
        if one.type.startswith("kubernetes:") and "namespace" in one.inputs["metadata"]:
            assert reaches(one), one.key
