"""The ComputeClass definition and its admission policies, on the real API server."""

from __future__ import annotations

import time
from typing import Any

import pytest

from sandbox.dataplane.api_server import ApiRefused, ApiServer
from sandbox.layout import Layout

pytestmark = pytest.mark.controlplane

Json = dict[str, Any]
CLASSES = "/apis/cloud.google.com/v1/computeclasses?dryRun=All&fieldValidation=Strict"
PODS = "/api/v1/namespaces/default/pods?dryRun=All"
CLASS = "cloud.google.com/compute-class"
KEY = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
STORAGE = {"bootDiskType": "pd-ssd", "bootDiskSize": 100, "bootDiskKMSKey": KEY}
RULE = {"machineFamily": "n2", "minCores": 4, "minMemoryGb": 16, "spot": False, "storage": STORAGE}


@pytest.fixture(scope="module")
def server(controlplane: Layout) -> ApiServer:
    """The API server, once the admission policies are in force."""
    server = ApiServer(controlplane.kubeconfig)
    end = time.monotonic() + 20
    while not [t for t in tolerations(server, pod({CLASS: "x"})) if t["key"] == CLASS]:
        assert time.monotonic() < end, "the policies are not in force"
        time.sleep(0.1)
    return server


def pod(selector: dict[str, str] | None, **spec: Any) -> Json:
    body = {"containers": [{"name": "c", "image": "example.com/i:1"}], **spec}
    if selector is not None:
        body["nodeSelector"] = selector
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "default"}, "spec": body}


def tolerations(server: ApiServer, body: Json) -> list[Json]:
    return list(server.create(PODS, body)["spec"].get("tolerations") or [])


def compute_class(name: str = "p2p", **spec: Any) -> Json:
    return {"apiVersion": "cloud.google.com/v1", "kind": "ComputeClass", "metadata": {"name": name}, "spec": spec}


def test_a_whole_class_is_accepted_and_gets_googles_defaults(server: ApiServer) -> None:
    priorities = [{**RULE, "location": {"zones": ["europe-west4-b"]}}, {"machineType": "n2d-standard-4"}]
    answer = server.create(
        CLASSES,
        compute_class(
            description="for nodes with a Persistent Disk",
            priorities=[*priorities, {"nodepools": ["by-hand"]}],
            nodePoolAutoCreation={},
            activeMigration={},
            autoscalingPolicy={"consolidationDelayMinutes": 10},
            nodePoolConfig={"imageType": "cos_containerd", "serviceAccount": "n@p.iam.gserviceaccount.com"},
            priorityDefaults={"nodeSystemConfig": {"linuxNodeConfig": {"sysctls": {"net.core.somaxconn": 256}}}},
        ),
    )
    spec = answer["spec"]
    assert spec["whenUnsatisfiable"] == "DoNotScaleUp"
    assert spec["nodePoolAutoCreation"] == {"enabled": False}
    assert spec["activeMigration"] == {"optimizeRulePriority": False}
    assert spec["priorityDefaults"]["nodeSystemConfig"]["linuxNodeConfig"]["sysctls"] == {"net.core.somaxconn": 256}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (compute_class(), "spec.priorities: Required value"),
        (compute_class("gke-own", priorities=[RULE]), "can't begin with gke or autopilot"),
        (compute_class("autopilot-own", priorities=[RULE]), "can't begin with gke or autopilot"),
        (compute_class(priorities=[{"machineFamly": "n2"}]), 'unknown field "spec.priorities[0].machineFamly"'),
        (compute_class(priorities=[{}]), "should have at least 1 properties"),
        (compute_class(priorities=[RULE], whenUnsatisfiable="Never"), 'supported values: "ScaleUpAnyway"'),
        (compute_class(priorities=[{"storage": {"bootDiskType": "pd-extreme"}}]), "spec.priorities[0].storage.bootD"),
        (compute_class(priorities=[{"storage": {"bootDiskSize": 9}}]), "greater than or equal to 10"),
        (compute_class(priorities=[{"storage": {"bootDiskKMSKey": "k"}}]), "should match"),
        (compute_class(priorities=[{"nodepools": ["a"], "spot": False}]), "nodepools can't be set along"),
        (compute_class(priorities=[{"priorityScore": 1}, RULE]), "priorityScore must be set in all"),
        (compute_class(priorities=[{"location": {"zones": ["a"], "zoneTypes": ["AI"]}}]), "exclude each other"),
        (compute_class(priorities=[{"reservations": {"affinity": "Specific"}}]), "specific reservations go with"),
        (compute_class(priorities=[{"podFamily": "general-purpose"}]), "podFamily needs autopilot.enabled"),
        (compute_class(priorities=[RULE], nodePoolConfig={"imageType": "COS_CONTAINERD"}), "cos_containerd"),
        (compute_class(priorities=[RULE], autoscalingPolicy={"consolidationDelayMinutes": 0}), "greater than or equal"),
    ],
)
def test_what_google_documents_as_wrong_is_refused(server: ApiServer, body: Json, says: str) -> None:
    with pytest.raises(ApiRefused) as refused:
        server.create(CLASSES, body)
    assert says in str(refused.value)


def test_only_pods_that_select_a_class_get_its_toleration(server: ApiServer) -> None:
    own = {"key": "own", "operator": "Exists"}
    given = {"key": CLASS, "operator": "Equal", "value": "p2p", "effect": "NoSchedule"}
    selecting = tolerations(server, pod({CLASS: "p2p"}, tolerations=[own]))
    assert own in selecting
    assert given in selecting
    for other in (pod(None), pod({"cloud.google.com/machine-family": "n2"})):
        assert CLASS not in [t["key"] for t in tolerations(server, other)]


@pytest.mark.parametrize("label", ["cloud.google.com/machine-family", "node.kubernetes.io/instance-type"])
def test_a_class_and_what_the_class_decides_cannot_both_be_selected(server: ApiServer, label: str) -> None:
    with pytest.raises(ApiRefused, match=f"cannot also select {label}"):
        server.create(PODS, pod({CLASS: "p2p", label: "n2"}))
    server.create(PODS, pod({CLASS: "p2p", "topology.kubernetes.io/zone": "europe-west4-b"}))
