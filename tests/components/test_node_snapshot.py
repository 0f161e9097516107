from __future__ import annotations

import ast
import json
import sys
from functools import cache
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from guardrails.catalogue import CONTROLS
from guardrails.control import Environment, Level, Rule
from guardrails.resource import Resource

from components import node_snapshot
from components.labels import kubernetes_labels
from components.pod_security import NAMESPACE_LABELS, container_security, pod_security, scratch
from components.proxy_environment import proxy_environment
from sandbox.controlplane.api import Api
from sandbox.layout import Layout
from settings import ArchiveSettings, NetworkSettings, SnapshotSettings
from tests.policies.case_files import judged
from tests.program_mocks import World, run

ACCOUNT = "p2p-nodes-test-node@a-project.iam.gserviceaccount.com"
NAMESPACE = "restore-test"
IN_PRODUCTION = [one for one in CONTROLS if one.levels.at(Environment.PRODUCTION) is not Level.DISABLED]
PROXY = proxy_environment(url="http://proxy:3128", network=NetworkSettings())

core = kubernetes.core.v1


@cache
def world(object: str = "polkadot/2026-11-24.tar.xz", bucket: str = "snapshots") -> World:
    archive = ArchiveSettings(bucket=bucket, object=object, sha256="a" * 64)

    def program() -> None:
        namespace = core.Namespace("namespace", metadata={"name": NAMESPACE, "labels": NAMESPACE_LABELS})
        first = node_snapshot.resources(
            "p2p-node",
            archive,
            namespace=NAMESPACE,
            account=ACCOUNT,
            opts=pulumi.ResourceOptions(depends_on=[namespace]),
        )
        core.Pod(
            "pod",
            metadata={"name": "restored", "namespace": NAMESPACE, "labels": kubernetes_labels("p2p-node")},
            spec=core.PodSpecArgs(
                security_context=pod_security(1000),
                init_containers=node_snapshot.containers(archive, environment=PROXY, volume="data", path="/data"),
                containers=[
                    core.ContainerArgs(
                        name="p2p-node",
                        image="atactr/automata:1.0.0",
                        security_context=container_security(),
                    )
                ],
                volumes=[scratch("data"), *node_snapshot.volumes(NAMESPACE, archive)],
            ),
            opts=pulumi.ResourceOptions(depends_on=first),
        )

    return run(program)


def pod() -> dict[str, Any]:
    spec: dict[str, Any] = world().one("kubernetes:core/v1:Pod").inputs["spec"]
    return spec


def config_map() -> dict[str, Any]:
    return world().one("kubernetes:core/v1:ConfigMap").inputs


def grant(**archive: str) -> dict[str, Any]:
    return world(**archive).one("gcp:storage/bucketIAMMember:BucketIAMMember").inputs


def test_a_claim_is_made_from_the_volume_snapshot_that_is_named() -> None:
    source = node_snapshot.claim_source(SnapshotSettings(volume_snapshot="nightly"))
    assert source is not None
    assert (source.api_group, source.kind, source.name) == ("snapshot.storage.k8s.io", "VolumeSnapshot", "nightly")
    assert node_snapshot.claim_source(SnapshotSettings()) is None


def test_without_an_archive_there_is_nothing() -> None:
    none = ArchiveSettings()
    made = node_snapshot.resources(
        "p2p-node", none, namespace=NAMESPACE, account=ACCOUNT, opts=pulumi.ResourceOptions()
    )
    assert made == []
    assert node_snapshot.containers(none, environment=PROXY, volume="data", path="/data") == []
    assert node_snapshot.volumes(NAMESPACE, none) == []


def test_the_program_is_shipped_whole_and_found_by_its_command() -> None:
    (container,) = pod()["initContainers"]
    (mount,) = [mount for mount in container["volumeMounts"] if mount["name"] == node_snapshot.VOLUME]
    (volume,) = [volume for volume in pod()["volumes"] if volume["name"] == node_snapshot.VOLUME]
    assert volume["configMap"]["name"] == config_map()["metadata"]["name"]
    assert container["command"] == ["python3", "-u", "-m", "restore_archive"]
    assert mount["mountPath"] == f"{container['workingDir']}/{container['command'][-1]}"
    assert {"__init__.py", "__main__.py", "volume.py"} < set(config_map()["data"])


def test_another_program_is_another_config_map(monkeypatch: pytest.MonkeyPatch) -> None:
    assert config_map()["immutable"] is True
    before = node_snapshot.config_map_name(NAMESPACE)
    assert config_map()["metadata"]["name"] == before
    changed = {**node_snapshot.program_files(), "volume.py": "# other"}
    monkeypatch.setattr(node_snapshot, "program_files", lambda: changed)
    assert node_snapshot.config_map_name(NAMESPACE) != before


def test_the_program_needs_nothing_but_python() -> None:
    for name, text in node_snapshot.program_files().items():
        for node in ast.walk(ast.parse(text, feature_version=(3, 11))):
            if isinstance(node, ast.Import):
                assert {alias.name.partition(".")[0] for alias in node.names} <= sys.stdlib_module_names, name
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                assert str(node.module).partition(".")[0] in sys.stdlib_module_names, name


def test_the_program_is_told_what_to_fetch() -> None:
    (container,) = pod()["initContainers"]
    archive = ["--bucket=snapshots", "--object=polkadot/2026-11-24.tar.xz", f"--sha256={'a' * 64}", "--volume=/data"]
    assert container["args"] == archive
    assert container["image"] == "python:3.13.7-slim-bookworm"
    assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"


@pytest.mark.parametrize("control", IN_PRODUCTION, ids=lambda control: control.id)
def test_the_guardrails_have_nothing_against_the_container(control: Rule[Any]) -> None:
    declared = [
        Resource(type=one.type, name=one.name, urn=one.urn, props=one.inputs, protect=False, provider=one.provider)
        for one in world().resources
    ]
    found = [outcome.message(one) for one, outcome in judged(control, declared, control.parameters.model_dump())]
    # The rest of the pod and its namespace are this test's own.
    assert [text for text in found if "initContainers" in text or "BucketIAMMember" in text] == []


def test_the_nodes_may_read_one_object_and_list_none() -> None:
    assert {key: grant()[key] for key in ("bucket", "role", "member")} == {
        "bucket": "snapshots",
        "role": "roles/storage.objectViewer",
        "member": f"serviceAccount:{ACCOUNT}",
    }
    name = "projects/_/buckets/snapshots/objects/polkadot/2026-11-24.tar.xz"
    assert grant()["condition"]["expression"] == f'resource.name == "{name}"'
    quoted = grant(object='a"||true||"\\ü.tar')["condition"]["expression"]
    assert json.loads(quoted.removeprefix("resource.name == ")).endswith('objects/a"||true||"\\ü.tar')


def test_each_object_has_a_grant_of_its_own_name() -> None:
    titles = {grant(object=f"{name}.tar")["condition"]["title"] for name in ("one", "two")}
    assert len(titles) == 2, "or the removal of the old one takes the new one with it"


@pytest.mark.controlplane
def test_the_restricted_standard_admits_the_pod(controlplane: Layout) -> None:
    place = json.loads(controlplane.endpoint.read_text())
    api = Api(int(place["host"].rpartition(":")[2]), controlplane.controlplane / "pki" / "ca.crt", place["token"])

    def apply(kind: str, body: dict[str, Any], path: str) -> int:
        answer = api.apply(path, {"apiVersion": "v1", "kind": kind, **body})
        print(answer.text)
        return answer.status

    namespaces = "/api/v1/namespaces"
    account = f"{namespaces}/{NAMESPACE}/serviceaccounts/default"
    assert apply("Namespace", world().one("kubernetes:core/v1:Namespace").inputs, f"{namespaces}/{NAMESPACE}") < 300
    assert apply("ServiceAccount", {"metadata": {"name": "default"}}, account) < 300
    name = config_map()["metadata"]["name"]
    assert apply("ConfigMap", config_map(), f"{namespaces}/{NAMESPACE}/configmaps/{name}") < 300
    body = {"metadata": {"name": "restored"}, "spec": pod()}
    assert apply("Pod", body, f"{namespaces}/{NAMESPACE}/pods/restored") == 201
    bare = [{**pod()["initContainers"][0], "securityContext": {}}]
    body = {"metadata": {"name": "bare"}, "spec": {**pod(), "initContainers": bare}}
    assert apply("Pod", body, f"{namespaces}/{NAMESPACE}/pods/bare") == 403
