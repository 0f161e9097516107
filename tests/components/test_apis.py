from __future__ import annotations

from typing import Any

import pytest

import settings
from components.apis import needed_apis
from tests.program_mocks import World, of_settings

API_OF = {
    "compute": "compute",
    "container": "container",
    "dns": "dns",
    "gkebackup": "gkebackup",
    "kms": "cloudkms",
    "logging": "logging",
    "pubsub": "pubsub",
    "serviceaccount": "iam",
}
"""The API behind each module of pulumi_gcp that the program uses. `projects` needs what bootstrap enables."""


ZONE = {"zone": "nodes", "domain": "nodes.example.org"}
PER_POD = {"exposure": "per-pod", "dns": ZONE}
ELSEWHERE = {"exposure": "per-pod", "dns": {**ZONE, "project": "another-project"}}


def of(**given: Any) -> list[str]:
    given["cluster"] = {"external_access": True, **given.get("cluster", {})}
    given["node"] = {"exposure": "none", **given.get("node", {})}
    return [name.partition(".")[0] for name in needed_apis(settings.load({"project": "a-project", **given}))]


def test_everything_that_is_created_has_its_api_enabled_first() -> None:
    built = of_settings()
    modules = {one.type.split(":")[1].split("/")[0] for one in built.resources if one.type.startswith("gcp:")}
    assert modules - {"projects"} <= set(API_OF)
    enabled = {one.inputs["service"] for one in built.of_type("gcp:projects/service:Service")}
    assert {f"{API_OF[module]}.googleapis.com" for module in modules - {"projects"}} <= enabled
    assert_after_apis(built, "network", "secrets-key", "cluster")


def test_in_a_shared_vpc_the_cluster_waits_for_the_apis_itself() -> None:
    shared = {"host_project": "the-host", "network": "n", "subnetwork": "s"}
    assert_after_apis(of_settings({"network": {"shared_vpc": shared}}), "cluster")


def assert_after_apis(built: World, *names: str) -> None:
    services = {one.urn for one in built.of_type("gcp:projects/service:Service")}
    for name in names:
        (component,) = [one for one in built.resources if one.name == name and one.type.startswith("p2p-nodes:")]
        assert services <= set(component.dependencies), name


def test_a_destroy_leaves_the_apis_enabled_for_other_stacks() -> None:
    assert {one.inputs["disableOnDestroy"] for one in of_settings().of_type("gcp:projects/service:Service")} == {False}


@pytest.mark.parametrize(
    ("given", "api", "needed"),
    [
        ({}, "dns", True),
        ({"network": {"google_apis": "public"}}, "dns", False),
        ({"network": {"shared_vpc": {"host_project": "the-host", "network": "n", "subnetwork": "s"}}}, "dns", False),
        ({"network": {"google_apis": "public"}, "node": PER_POD}, "dns", True),
        ({"network": {"google_apis": "public"}, "node": ELSEWHERE}, "dns", False),
        ({}, "secretmanager", False),
        ({"cluster": {"secret_manager": True}}, "secretmanager", True),
        ({}, "cloudkms", True),
        ({"environment": "staging", "cluster": {"secrets_encryption": False}}, "cloudkms", False),
        ({}, "pubsub", True),
        ({"cluster": {"upgrade_notifications": False}}, "pubsub", False),
        ({}, "gkebackup", True),
        (
            {"environment": "staging", "cluster": {"backup_agent": False}, "backup": {"enabled": False}},
            "gkebackup",
            False,
        ),
        ({}, "containersecurity", True),
        ({"cluster": {"security_posture": "disabled"}}, "containersecurity", False),
        ({}, "binaryauthorization", False),
        ({"cluster": {"binary_authorization": "enforced"}}, "binaryauthorization", True),
    ],
)
def test_an_api_is_enabled_where_it_is_used(given: dict[str, Any], api: str, needed: bool) -> None:
    assert (api in of(**given)) is needed
