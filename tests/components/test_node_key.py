from __future__ import annotations

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
import yaml

from components import node_key
from components.workload_identity import WorkloadIdentity, WorkloadIdentityArgs
from settings import NodeSettings
from tests.components.platforms import PLATFORM
from tests.program_mocks import World, run

READER = "gcp:secretmanager/secretIamMember:SecretIamMember"
PROVIDER = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass"


def settings(replicas: int = 2, **key: Any) -> NodeSettings:
    return NodeSettings.model_validate({"replicas": replicas, "node_key": key})


def world(given: NodeSettings) -> World:
    def program() -> None:
        namespace = kubernetes.core.v1.Namespace("p2p-node")
        made = node_key.secrets(
            "p2p-node",
            platform=PLATFORM,
            settings=given,
            identity_of_pods=WorkloadIdentity(
                "identity",
                WorkloadIdentityArgs(
                    project="a-project",
                    account="nodes",
                    display_name="",
                    namespace="p2p-node",
                    service_account="p2p-node",
                ),
            ),
            parent=pulumi.ComponentResource("test:Parent", "parent"),
            namespace=namespace,
        )
        assert bool(made) == (given.node_key.source == "secret-manager")

    return run(program)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "/data/node-key-p2p-nodes-test-$(POD_NAME)"),
        ({"identity_of": "prod"}, "/data/node-key-p2p-nodes-prod-$(POD_NAME)"),
        ({"source": "secret-manager"}, "/node-key/key"),
    ],
)
def test_where_the_key_is(given: dict[str, Any], expected: str) -> None:
    assert node_key.key_file(PLATFORM, settings(**given)) == expected


def test_on_the_volume_there_is_nothing_else() -> None:
    given = settings()
    assert not node_key.volumes("p2p-node", given)
    assert not node_key.mounts(given)
    assert {PROVIDER, READER}.isdisjoint(one.type for one in world(given).resources)


def test_each_container_sees_its_own_key_alone() -> None:
    given = settings(source="secret-manager")
    (volume,), (mount,) = node_key.volumes("p2p-node", given), node_key.mounts(given)
    assert volume.name == mount.name
    assert (mount.mount_path, mount.sub_path_expr, mount.read_only) == ("/node-key/key", "$(POD_NAME)", True)
    assert mount.mount_path == node_key.key_file(PLATFORM, given)
    csi: Any = volume.csi
    assert (csi.driver, csi.read_only) == ("secrets-store-gke.csi.k8s.io", True)
    made = world(given).one(PROVIDER)
    assert csi.volume_attributes == {"secretProviderClass": made.inputs["metadata"]["name"]}


def test_the_driver_is_told_of_each_pods_secret_by_the_pods_name() -> None:
    spec = (
        world(settings(source="secret-manager", identity_of="prod", secrets_project="the-keys"))
        .one(PROVIDER)
        .inputs["spec"]
    )
    assert spec["provider"] == "gke"
    assert yaml.safe_load(spec["parameters"]["secrets"]) == [
        {
            "resourceName": f"projects/the-keys/secrets/p2p-nodes-prod-p2p-node-{n}/versions/latest",
            "path": f"p2p-node-{n}",
        }
        for n in range(2)
    ]


def test_the_nodes_identity_reads_these_secrets_and_no_others() -> None:
    readers = world(settings(source="secret-manager")).of_type(READER)
    assert {(one.name, one.inputs["project"], one.inputs["secretId"], one.inputs["role"]) for one in readers} == {
        (f"p2p-node-{n}-key-reader", "a-project", f"p2p-nodes-test-p2p-node-{n}", "roles/secretmanager.secretAccessor")
        for n in range(2)
    }
    assert {one.inputs["member"] for one in readers} == {"serviceAccount:nodes@a-project.iam.gserviceaccount.com"}
