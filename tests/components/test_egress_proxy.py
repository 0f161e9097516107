from __future__ import annotations

from functools import cache
from ipaddress import IPv4Network
from typing import Any

import pytest

from components.egress_proxy import EgressProxy, EgressProxyArgs
from settings import EgressSettings
from tests.components.platforms import MACHINES, PLATFORM
from tests.program_mocks import SERVICE, World, run

CLIENTS = [IPv4Network("10.64.0.0/14")]
MACHINES_RANGE = [IPv4Network("10.10.0.0/20")]
URLS: list[str] = []


@cache
def world(*domains: str) -> World:
    def program() -> None:
        settings = EgressSettings(allowed_domains=domains)
        args = EgressProxyArgs(
            platform=PLATFORM,
            machines=MACHINES,
            clients=CLIENTS,
            health_checkers=MACHINES_RANGE,
            settings=settings,
        )
        URLS.append(EgressProxy("egress-proxy", args).url)

    return run(program)


def deployment(*domains: str) -> dict[str, Any]:
    spec: dict[str, Any] = world(*domains).one("kubernetes:apps/v1:Deployment").inputs["spec"]
    return spec


def pod(*domains: str) -> dict[str, Any]:
    spec: dict[str, Any] = deployment(*domains)["template"]["spec"]
    return spec


def test_squid_is_the_containers_own_command_and_runs_as_its_ordinary_user() -> None:
    (squid,) = pod()["containers"]
    assert squid["command"] == ["squid", "-N", "-f", "/etc/egress-proxy/squid.conf"]
    assert squid["image"].startswith("ubuntu/squid@sha256:6a097f68bae7")
    assert [pod()["securityContext"][key] for key in ("runAsUser", "runAsGroup", "fsGroup")] == [13, 13, 13]
    assert squid["securityContext"]["readOnlyRootFilesystem"] is True


def test_every_folder_that_squid_writes_to_is_mounted() -> None:
    (squid,) = pod()["containers"]
    mounted = {mount["mountPath"]: mount["name"] for mount in squid["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in pod()["volumes"]}
    assert set(mounted.values()) == set(volumes)
    for folder in ("/run/squid", "/var/log/squid", "/var/spool/squid"):
        assert "emptyDir" in volumes[mounted[folder]]


def test_two_replicas_that_are_never_both_away() -> None:
    assert deployment()["replicas"] == 2
    assert deployment()["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
    }
    budget = world().one("kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]
    assert budget["maxUnavailable"] == 1
    assert budget["selector"]["matchLabels"] == deployment()["selector"]["matchLabels"]
    (apart,) = pod()["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert apart["topologyKey"] == "kubernetes.io/hostname"
    assert apart["labelSelector"]["matchLabels"] == deployment()["selector"]["matchLabels"]
    assert apart["matchLabelKeys"] == ["pod-template-hash"]


def test_there_is_no_rollback_to_a_configuration_that_is_gone() -> None:
    assert deployment()["revisionHistoryLimit"] == 0


def test_proxies_are_rather_in_several_zones_but_come_back_in_one() -> None:
    (spread,) = pod()["topologySpreadConstraints"]
    assert spread == {
        "topologyKey": "topology.kubernetes.io/zone",
        "maxSkew": 1,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": deployment()["selector"]["matchLabels"]},
        "matchLabelKeys": ["pod-template-hash"],
    }


def test_any_client_is_served_by_any_proxy() -> None:
    service = world().one(SERVICE).inputs["spec"]
    assert (service["sessionAffinity"], service["internalTrafficPolicy"]) == ("None", "Cluster")
    assert not {"trafficDistribution", "externalTrafficPolicy"} & set(service)


def test_the_service_answers_where_the_url_says() -> None:
    service = world().one(SERVICE).inputs
    assert URLS[0] == "http://egress-proxy.egress-proxy.svc.cluster.local:3128"
    assert (service["metadata"]["name"], service["metadata"]["namespace"]) == ("egress-proxy", "egress-proxy")
    assert service["spec"]["ports"][0]["port"] == 3128
    assert service["spec"]["selector"].items() <= deployment()["template"]["metadata"]["labels"].items()


def test_a_change_of_the_allow_list_rolls_the_pods_and_no_change_does_not() -> None:
    before, after = deployment("example.org"), deployment("example.org", "example.com")
    assert before["template"] != after["template"]
    assert before["selector"] == after["selector"]
    world.cache_clear()
    assert deployment("example.org")["template"] == before["template"]


def test_pods_mount_the_configuration_that_was_registered() -> None:
    conf = world("example.org").one("kubernetes:core/v1:ConfigMap").inputs
    (volume,) = [volume for volume in pod("example.org")["volumes"] if "configMap" in volume]
    assert volume["configMap"]["name"] == conf["metadata"]["name"]
    assert "acl allowed dstdomain -n example.org" in conf["data"]["squid.conf"]
    assert "acl probers src 10.10.0.0/20 10.64.0.0/14" in conf["data"]["squid.conf"]
    assert conf["immutable"] is True


def test_open_transfers_end_before_the_pod_is_killed() -> None:
    conf = world().one("kubernetes:core/v1:ConfigMap").inputs["data"]["squid.conf"]
    assert "shutdown_lifetime 300 seconds" in conf
    (squid,) = pod()["containers"]
    assert squid["lifecycle"] == {"preStop": {"sleep": {"seconds": 10}}}
    assert pod()["terminationGracePeriodSeconds"] == 10 + 300 + 10


def test_every_page_that_the_configuration_names_is_beside_it() -> None:
    data = world("example.org").one("kubernetes:core/v1:ConfigMap").inputs["data"]
    (squid,) = pod("example.org")["containers"]
    (folder,) = [mount["mountPath"] for mount in squid["volumeMounts"] if mount["name"] == "conf"]
    named = [line.split()[1] for line in data["squid.conf"].splitlines() if line.startswith("deny_info ")]
    assert {page.rpartition("/")[2] for page in named} == data.keys() - {"squid.conf"}
    assert all(page.rpartition("/")[0].endswith(f"..{folder}") for page in named)


@pytest.mark.parametrize("kind", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_a_probe_asks_squid_and_not_the_kernel(kind: str) -> None:
    (squid,) = pod("example.org")["containers"]
    assert squid[kind]["httpGet"] == {"path": "/squid-internal-static/health", "port": "proxy"}
