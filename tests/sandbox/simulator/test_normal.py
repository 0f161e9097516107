"""What Google writes back in its own way: what a refresh then shows, and which program sees nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sandbox.simulator import normal
from sandbox.simulator.catalogue import rows
from sandbox.simulator.cloud import Cloud
from sandbox.simulator.paths import UNKNOWN, first, overlaid, replaced
from sandbox.simulator.store import Record
from tests.sandbox.simulator.lives import KINDS, LIVES, Make, token, until

Values = dict[str, Any]
AUTOSCALING = "clusterAutoscaling"
DEFAULTS = f"{AUTOSCALING}.autoProvisioningDefaults"
PUBLIC = "privateClusterConfig.enablePrivateEndpoint"
GLOBAL = "privateClusterConfig.masterGlobalAccessConfig.enabled"
START = "maintenancePolicy.dailyMaintenanceWindow.startTime"
WINDOW = "maintenancePolicy.recurringWindow"
LABEL = "goog-gke-node-pool-provisioning-model"
COMPUTE = "https://www.googleapis.com/compute/v1/projects/simulated"


def at(path: str, value: Any, **more: Any) -> Values:
    """`value` with everything around it that `path` names."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return {**value, **more}


def window(**more: str) -> Values:
    """A weekly window whose times are written as Google returns them, unless `more` says otherwise."""
    given = {
        "startTime": "2026-01-10T01:00:00Z",
        "endTime": "2026-01-10T09:00:00Z",
        "recurrence": "FREQ=WEEKLY;BYDAY=SA",
    }
    return at(WINDOW, {**given, **more})


OFF: Values = {AUTOSCALING: {"enabled": False, "resourceLimits": []}}
NOTIFIED = at("notificationConfig.pubsub.enabled", True)
NO_ADDRESS = at("controlPlaneEndpointsConfig.ipEndpointsConfig.enabled", False)

# The kind, the path, a program that a refresh shows it to, and one that it does not.
SEEN: list[tuple[str, str, Values, Values]] = [
    ("Cluster", PUBLIC, {**NO_ADDRESS, **at(PUBLIC, False)}, {**NO_ADDRESS, **at(PUBLIC, True)}),
    ("Cluster", PUBLIC, {**NO_ADDRESS, **at("privateClusterConfig.enablePrivateNodes", True)}, NO_ADDRESS),
    ("Cluster", GLOBAL, overlaid({**NO_ADDRESS, **at(PUBLIC, True)}, at(GLOBAL, True)), NO_ADDRESS),
    ("Cluster", DEFAULTS, overlaid(OFF, at(f"{DEFAULTS}.diskSize", 50)), OFF),
    (
        "Cluster",
        f"{AUTOSCALING}.autoProvisioningLocations",
        overlaid(OFF, at(f"{AUTOSCALING}.autoProvisioningLocations", ["europe-west4-a"])),
        OFF,
    ),
    ("Cluster", f"{AUTOSCALING}.resourceLimits", at(f"{AUTOSCALING}.enabled", False), OFF),
    *(
        ("Cluster", path, *(overlaid(NOTIFIED, at(path, given)) for given in (careful[::-1], careful)))
        for path, careful in {
            "loggingConfig.enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER"],
            "monitoringConfig.enableComponents": ["SYSTEM_COMPONENTS", "STORAGE", "POD", "CADVISOR"],
            "notificationConfig.pubsub.filter.eventTypes": ["SECURITY_BULLETIN_EVENT", "UPGRADE_EVENT"],
            "nodePoolAutoConfig.networkTags.tags": ["a", "b"],
            f"{DEFAULTS}.oauthScopes": ["a", "b"],
            "nodeConfig.tags": ["a", "b"],
        }.items()
    ),
    ("NodePool", "nodeConfig.tags", at("nodeConfig.tags", ["b", "a"]), at("nodeConfig.tags", ["a", "b"])),
    *(
        ("Cluster", f"{WINDOW}.{edge}", window(**{edge: "2026-01-10T02:00:00+01:00"}), window())
        for edge in ("startTime", "endTime")
    ),
]

# The kind, the path, what the program gives, and Google's answer there, which the official provider hides.
HIDDEN: list[tuple[str, str, Values, Any]] = [
    (
        "Cluster",
        "databaseEncryption.state",
        at("databaseEncryption.state", "ENCRYPTED"),
        "ALL_OBJECTS_ENCRYPTION_ENABLED",
    ),
    ("Cluster", START, at(START, "3:00"), "03:00"),
    ("Cluster", f"{DEFAULTS}.upgradeSettings", {}, {"maxSurge": 0, "maxUnavailable": 0, "strategy": "SURGE"}),
    ("Cluster", f"{DEFAULTS}.management", {}, {"autoRepair": True, "autoUpgrade": True, "upgradeOptions": []}),
    ("Cluster", "nodePoolDefaults.nodeConfigDefaults.loggingVariant", {}, "DEFAULT"),
    (
        "NodePool",
        "nodeConfig.resourceLabels",
        at("nodeConfig.resourceLabels", {"a": "b"}),
        {"a": "b", LABEL: "on-demand"},
    ),
    ("NodePool", "nodeConfig.resourceLabels", at("nodeConfig.spot", True), {LABEL: "spot"}),
    ("RecordSet", "rrdatas[*]", {"type": "TXT", "rrdatas": ["some words"]}, '"some words"'),
    ("IAMMember", "member", {"member": "user:Some@Example.org"}, "user:some@example.org"),
    ("serviceaccount/iAMMember:IAMMember", "member", {"member": "group:Some@Example.org"}, "group:some@example.org"),
    ("ManagedZone", "privateVisibilityConfig.networks[*].networkUrl", {}, f"{COMPUTE}/global/networks/net"),
    (
        "RouterNat",
        "subnetworks[*].name",
        {"subnetworks": [{"name": "sub", "sourceIpRangesToNats": ["ALL_IP_RANGES"]}]},
        f"{COMPUTE}/regions/europe-west4/subnetworks/sub",
    ),
]
# These have tests of their own below.
ALSO = {
    ("Cluster", "nodeConfig"),
    ("Cluster", "nodeConfig.resourceLabels"),
    ("Subnetwork", "secondaryIpRanges"),
}


def born(make: Make, kind: str, given: Values) -> Record:
    """A resource of this kind with all that it needs, its inputs being those of its life with `given` over them."""
    until(make, KINDS[KINDS.index(kind) - 1])
    life = next(inputs for k, inputs, _, _ in LIVES if k == kind)
    return make(kind, **overlaid(life, given))


def after_refresh(cloud: Cloud, record: Record) -> set[str]:
    """The paths that a preview of the same program shows after a refresh; without one, it shows them too."""
    found = cloud.read(record.type, record.id, record.inputs)
    assert found is not None
    shown = cloud.diff(record.type, found[1], record.inputs)
    assert cloud.diff(record.type, record.inputs, record.inputs, found[0].outputs) == shown
    return {change.path for change in shown}


def test_every_rule_has_a_test() -> None:
    tested = [*((kind, path) for kind, path, *_ in SEEN), *((kind, path) for kind, path, *_ in HIDDEN), *ALSO]
    assert {(row.token, rule.path) for row in rows().values() for rule in row.normalised} == {
        (token(kind), path) for kind, path in tested
    }


@pytest.mark.parametrize(("kind", "path", "careless", "careful"), SEEN)
def test_a_refresh_shows_it_to_the_careless(
    cloud: Cloud, make: Make, kind: str, path: str, careless: Values, careful: Values
) -> None:
    shown = after_refresh(cloud, born(make, kind, careless))
    assert shown
    assert all(change.startswith(path) for change in shown)


@pytest.mark.parametrize(("kind", "path", "careless", "careful"), SEEN)
def test_the_careful_see_nothing(
    cloud: Cloud, make: Make, kind: str, path: str, careless: Values, careful: Values
) -> None:
    assert after_refresh(cloud, born(make, kind, careful)) == set()


@pytest.mark.parametrize(("kind", "path", "given", "answer"), HIDDEN)
def test_google_answers_and_nobody_sees_it(
    cloud: Cloud, make: Make, kind: str, path: str, given: Values, answer: Any
) -> None:
    record = born(make, kind, given)
    assert first(record.outputs, path) == answer
    assert after_refresh(cloud, record) == set()
    in_google_s_words = replaced(record.inputs, path, lambda _: answer)
    if LABEL not in answer:
        assert cloud.diff(record.type, record.inputs, in_google_s_words) == []


def test_a_cluster_s_machines_are_those_of_its_first_pool(cloud: Cloud, make: Make) -> None:
    """What a cluster says of the default pool, which is gone, is a difference for ever."""
    machines = {"imageType": "COS_CONTAINERD", "serviceAccount": "default"}
    cluster = born(make, "Cluster", {"removeDefaultNodePool": True, "nodeConfig": {**machines, "machineType": "n2"}})
    unlike = {"machineType": "c3", "tags": ["t"], "resourceLabels": {"a": "b"}, "labels": {"c": "d"}}
    assert after_refresh(cloud, cluster) == set()

    make("NodePool", name="pool", cluster="c", initialNodeCount=1, nodeConfig=unlike)
    shown = after_refresh(cloud, cluster)
    assert shown == {
        "nodeConfig.machineType",
        *("nodeConfig.tags", "nodeConfig.resourceLabels", "nodeConfig.resourceLabels.a"),
    }


def test_what_is_ignored_is_left_out(cloud: Cloud, make: Make) -> None:
    cluster = until(make, "Cluster")
    old = {**cluster.inputs, "nodeConfig": {"machineType": "n2"}, "description": "a", "nodeLocations": ["a"]}
    found = cloud.diff(cluster.type, old, cluster.inputs, ignored=["nodeConfig", "nodeLocations"])
    assert [change.path for change in found] == ["description"]


def test_google_s_own_labels_are_hidden(cloud: Cloud, make: Make) -> None:
    cluster = born(make, "Cluster", {"removeDefaultNodePool": True, "nodeConfig": {"serviceAccount": "default"}})
    make("NodePool", name="pool", cluster="c", initialNodeCount=1)
    assert after_refresh(cloud, cluster) == set()


def test_the_default_pool_is_as_the_cluster_says(cloud: Cloud, make: Make) -> None:
    cluster = born(make, "Cluster", {"nodeConfig": {"machineType": "n2"}})
    make("NodePool", name="pool", cluster="c", initialNodeCount=1, nodeConfig={"machineType": "c3"})
    assert after_refresh(cloud, cluster) == set()


def test_the_order_of_secondary_ranges_is_nothing(cloud: Cloud, make: Make) -> None:
    ranges = [{"rangeName": name, "ipCidrRange": f"10.{name}.0.0/16"} for name in ("2", "1")]
    subnet = born(make, "Subnetwork", {"secondaryIpRanges": ranges})
    assert cloud.diff(subnet.type, subnet.inputs, {**subnet.inputs, "secondaryIpRanges": ranges[::-1]}) == []


@pytest.mark.parametrize(
    ("kind", "inputs", "written"),
    [
        ("Cluster", at("monitoringConfig.enableComponents", UNKNOWN), None),
        ("Cluster", at("nodeConfig.tags", ["b", UNKNOWN]), None),
        ("Cluster", at("databaseEncryption.state", UNKNOWN), None),
        ("Cluster", at("databaseEncryption.state", "DECRYPTED"), None),
        (
            "Cluster",
            at("loggingConfig.enableComponents", ["NEW", "WORKLOADS"]),
            at("loggingConfig.enableComponents", ["WORKLOADS", "NEW"]),
        ),
        ("Cluster", at(START, "13:00"), None),
        ("RecordSet", {"type": "TXT", "rrdatas": ['"a" "b"']}, None),
        ("RecordSet", {"type": "A", "rrdatas": ["10.0.0.1"]}, None),
        ("IAMMember", {"member": "allUsers"}, None),
        ("IAMMember", {"member": "principalSet://iam.googleapis.com/Pool"}, None),
    ],
)
def test_the_rest_stays(kind: str, inputs: Values, written: Values | None) -> None:
    assert normal.written_back(rows()[token(kind)], inputs) == (inputs if written is None else written)


def test_an_update_is_written_back_too(cloud: Cloud, make: Make) -> None:
    cluster = until(make, "Cluster")
    encrypted = {**cluster.inputs, "databaseEncryption": {"state": "ENCRYPTED"}}
    updated = asyncio.run(cloud.update(cluster.type, "c", cluster.id, encrypted))
    assert first(updated.outputs, "databaseEncryption.state") == "ALL_OBJECTS_ENCRYPTION_ENABLED"
    planned = cloud.plan(cluster.type, encrypted, (cluster.inputs, cluster.outputs))
    assert first(planned, "databaseEncryption.state") == "ALL_OBJECTS_ENCRYPTION_ENABLED"
