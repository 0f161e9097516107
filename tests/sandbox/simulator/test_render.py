"""Outputs: Google's fields under the program's, and what a preview may promise of them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.layout import Layout
from sandbox.simulator import render
from sandbox.simulator.catalogue import Catalogue
from sandbox.simulator.facts import Asked
from sandbox.simulator.paths import UNKNOWN, first
from sandbox.simulator.store import Store

CLUSTER = "gcp:container/cluster:Cluster"
PLACE: dict[str, Any] = {"project": "p", "location": "europe-west4", "region": "europe-west4"}
GIVEN = {
    "name": "c",
    "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"allowExternalTraffic": True}},
    "clusterAutoscaling": {
        "enabled": True,
        "autoProvisioningDefaults": {"diskType": "pd-ssd", "upgradeSettings": {"maxSurge": 1}},
    },
}


@pytest.fixture
def asked(layout: Layout, store: Store) -> Asked:
    return Asked(
        layout=layout, store=store, id="projects/p/locations/europe-west4/clusters/c", place=PLACE, inputs=GIVEN
    )


def test_what_is_given_stands_and_the_rest_is_filled_in(catalogue: Catalogue, asked: Asked) -> None:
    found = render.outputs(catalogue.entry(CLUSTER), asked)
    defaults = found["clusterAutoscaling"]["autoProvisioningDefaults"]
    assert defaults["diskType"] == "pd-ssd"
    assert defaults["upgradeSettings"] == {"maxSurge": 1, "maxUnavailable": 0, "strategy": "SURGE"}
    assert defaults["management"] == {"autoRepair": True, "autoUpgrade": True, "upgradeOptions": []}
    dns = found["controlPlaneEndpointsConfig"]["dnsEndpointConfig"]
    assert dns["allowExternalTraffic"] is True
    assert dns["endpoint"].endswith(".gke.goog")
    assert found["deletionProtection"] is True
    assert found["selfLink"].endswith("/clusters/c")


def test_auto_provisioning_fields_come_only_with_it(catalogue: Catalogue, asked: Asked) -> None:
    without = Asked(**{**vars(asked), "inputs": {"name": "c"}})
    assert render.outputs(catalogue.entry(CLUSTER), without)["clusterAutoscaling"] == {
        "autoscalingProfile": "BALANCED",
        "enabled": False,
        "resourceLimits": [],
    }


def test_an_update_keeps_what_was_made_once(catalogue: Catalogue, asked: Asked) -> None:
    entry = catalogue.entry(CLUSTER)
    before = render.outputs(entry, asked)
    changed = Asked(**{**vars(asked), "inputs": {**GIVEN, "resourceLabels": {"a": "b"}}})
    after = render.outputs(entry, changed, before)
    for path in ("controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint", "labelFingerprint"):
        assert first(after, path) == first(before, path)
    assert after["effectiveLabels"] == {"a": "b"}


def test_a_preview_promises_only_what_the_update_keeps(catalogue: Catalogue, asked: Asked) -> None:
    entry = catalogue.entry(CLUSTER)
    planned = render.planned(entry, GIVEN, PLACE)
    actual = render.outputs(entry, asked)
    for path in (
        "endpoint",
        "masterVersion",
        "selfLink",
        "masterAuth.clusterCaCertificate",
        "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint",
        "operation",
    ):
        assert first(planned, path) is UNKNOWN, path
    _kept(planned, actual)


def _kept(planned: Any, actual: Any) -> None:
    if isinstance(planned, dict):
        for key, value in planned.items():
            if value is not UNKNOWN:
                _kept(value, actual[key])
    else:
        assert planned == actual


def test_a_preview_of_an_update_knows_what_stays(catalogue: Catalogue, asked: Asked) -> None:
    entry = catalogue.entry(CLUSTER)
    before = render.outputs(entry, asked)
    new = {**GIVEN, "defaultMaxPodsPerNode": 64}
    planned = render.planned(entry, new, PLACE, (GIVEN, before))
    assert planned["endpoint"] == before["endpoint"]
    assert planned["defaultMaxPodsPerNode"] == 64
    back = render.planned(entry, GIVEN, PLACE, (new, {**before, "defaultMaxPodsPerNode": 64}))
    assert back["defaultMaxPodsPerNode"] == 110, "a field no longer given falls back to Google's default"


@pytest.mark.parametrize(
    ("token", "given", "path", "filled"),
    [
        (
            CLUSTER,
            {
                "clusterAutoscaling": {
                    "enabled": True,
                    "autoProvisioningDefaults": {
                        "upgradeSettings": {
                            "strategy": "BLUE_GREEN",
                            "blueGreenSettings": {"standardRolloutPolicy": {"batchNodeCount": 1}},
                        }
                    },
                }
            },
            "clusterAutoscaling.autoProvisioningDefaults.upgradeSettings.blueGreenSettings",
            {
                "nodePoolSoakDuration": "3600s",
                "standardRolloutPolicy": {"batchNodeCount": 1, "batchSoakDuration": "0s"},
            },
        ),
        (
            CLUSTER,
            {"maintenancePolicy": {"dailyMaintenanceWindow": {"startTime": "03:00"}}},
            "maintenancePolicy.dailyMaintenanceWindow",
            {"startTime": "03:00", "duration": "PT4H0M0S"},
        ),
        (CLUSTER, {"resourceLabels": {"a": "b"}}, "maintenancePolicy", None),
        (
            "gcp:compute/subnetwork:Subnetwork",
            {"ipCidrRange": "10.0.0.0/20", "logConfig": {"flowSampling": 0.1}},
            "logConfig",
            {
                "aggregationInterval": "INTERVAL_5_SEC",
                "filterExpr": "true",
                "flowSampling": 0.1,
                "metadata": "INCLUDE_ALL_METADATA",
            },
        ),
        ("gcp:compute/subnetwork:Subnetwork", {"ipCidrRange": "10.0.0.0/20"}, "logConfig", None),
    ],
)
def test_a_block_is_filled_in_when_it_is_given(
    catalogue: Catalogue, asked: Asked, token: str, given: dict[str, Any], path: str, filled: Any
) -> None:
    found = render.outputs(catalogue.entry(token), Asked(**{**vars(asked), "inputs": {"name": "n", **given}}))
    assert first(found, path) == filled
