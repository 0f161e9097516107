from __future__ import annotations

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components.node_autoscaler import in_place, vertical_autoscaler
from settings import VerticalAutoscalingSettings
from tests.program_mocks import World, run

AUTOSCALER = "kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler"
MODERN = "1.36.3-gke.1244000"


def world(version: str = MODERN, into: World | None = None, **given: Any) -> World:
    def program() -> None:
        parent = pulumi.ComponentResource("a:b:C", "parent")
        vertical_autoscaler(
            "p2p-node",
            settings=VerticalAutoscalingSettings.model_validate(given),
            cluster_version=pulumi.Output.from_input(version),
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name="p2p-node", namespace="p2p-node"),
            parent=parent,
            nodes=kubernetes.core.v1.Namespace("nodes"),
        )

    return run(program, into=into)


def test_it_acts_on_the_nodes_within_the_bounds() -> None:
    built = world(min_memory_mib=2048, max_cpu_millicores=3000)
    autoscaler = built.one(AUTOSCALER)
    assert autoscaler.inputs["metadata"] == {"name": "p2p-node", "namespace": "p2p-node"}
    assert autoscaler.inputs["spec"] == {
        "targetRef": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "p2p-node"},
        "updatePolicy": {"updateMode": "Recreate", "minReplicas": 1},
        "resourcePolicy": {
            "containerPolicies": [
                {
                    "containerName": "p2p-node",
                    "controlledResources": ["cpu", "memory"],
                    "controlledValues": "RequestsAndLimits",
                    "minAllowed": {"cpu": "250m", "memory": "2048Mi"},
                    "maxAllowed": {"cpu": "3000m", "memory": "16384Mi"},
                }
            ]
        },
    }


def test_it_keeps_its_name_and_its_place_and_comes_after_the_nodes() -> None:
    built = world()
    autoscaler = built.one(AUTOSCALER, "p2p-node-autoscaler")
    assert autoscaler.parent == built.one("a:b:C").urn
    assert built.one("kubernetes:core/v1:Namespace").urn in autoscaler.dependencies


def test_there_is_none_where_it_is_off() -> None:
    assert world(enabled=False).of_type(AUTOSCALER) == []


@pytest.mark.parametrize("mode", ["Recreate", "Initial", "Off"])
def test_other_modes_are_any_cluster_s(mode: str) -> None:
    autoscaler = world(version="1.30.1-gke.1", mode=mode).one(AUTOSCALER)
    assert autoscaler.inputs["spec"]["updatePolicy"]["updateMode"] == mode


def test_the_in_place_mode_reaches_a_cluster_that_knows_it() -> None:
    autoscaler = world(mode="InPlaceOrRecreate").one(AUTOSCALER)
    assert autoscaler.inputs["spec"]["updatePolicy"]["updateMode"] == "InPlaceOrRecreate"


def test_the_in_place_mode_stops_at_a_cluster_that_is_too_old() -> None:
    seen = World()
    with pytest.raises(
        pulumi.RunError, match=r"mode is InPlaceOrRecreate, and the cluster has Kubernetes 1\.32\.9-gke\.1"
    ):
        world(version="1.32.9-gke.1", into=seen, mode="InPlaceOrRecreate")
    assert seen.of_type(AUTOSCALER) == []


@pytest.mark.parametrize("version", ["1.33.0-gke.1", "1.33.5-gke.1308000", "1.36.3", "2.0.0-gke.1"])
def test_versions_that_resize_in_place(version: str) -> None:
    assert in_place(version) == "InPlaceOrRecreate"


@pytest.mark.parametrize("version", ["1.32.9-gke.1326000", "1.9.7-gke.1", "1.30.12", "0.99.0"])
def test_versions_that_do_not(version: str) -> None:
    with pytest.raises(pulumi.RunError) as told:
        in_place(version)
    for part in (
        version,
        "it takes 1.33",
        "Set the mode to Recreate",
        "`pulumi refresh`",
        "The autoscaler is as it was",
    ):
        assert part in str(told.value)
