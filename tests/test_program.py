"""Runs the program for every stack file on mocks and compares what it registers with the stack's inventory."""

from __future__ import annotations

import ast
import json
import runpy
from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi
import pytest
import yaml

from tests.program_mocks import ROOT, SERVICE, World, run, stack_config

STACKS = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
PROGRAM = ROOT / "__main__.py"
WORKLOADS = ("kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:Deployment")


@cache
def world(stack: str) -> World:
    return run(lambda: runpy.run_path(str(PROGRAM)), stack=stack, config=stack_config(stack))


def differences(decided: Any, found: Any, path: str) -> list[str]:
    """Where `found` is not what was decided. Mappings may hold more than was decided, lists may not."""
    if isinstance(decided, Mapping) and isinstance(found, Mapping):
        return [line for key in decided for line in differences(decided[key], found.get(key), f"{path}.{key}")]
    if isinstance(decided, list) and isinstance(found, list) and len(decided) == len(found):
        pairs = enumerate(zip(decided, found, strict=True))
        return [line for place, (one, other) in pairs for line in differences(one, other, f"{path}[{place}]")]
    return [] if decided == found else [f"{path}: decided {decided!r}, found {found!r}"]


def test_there_are_stacks() -> None:
    assert {"dev", "sandbox"} <= set(STACKS)


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_contains_what_its_inventory_says(stack: str) -> None:
    inventory = yaml.safe_load((ROOT / "tests" / "inventories" / f"{stack}.yaml").read_text(encoding="utf-8"))
    registered = {one.key: one.inputs for one in world(stack).resources}
    assert sorted(registered) == sorted(inventory)
    assert [line for key in inventory for line in differences(inventory[key], registered[key], key)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_no_stack_has_a_default_provider(stack: str) -> None:
    assert json.loads(stack_config(stack)["pulumi:disable-default-providers"]) == ["kubernetes", "gcp"]


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_names_its_provider(stack: str) -> None:
    providers = {"gcp": "google", "kubernetes": "kubernetes"}
    for one in world(stack).resources:
        package = one.type.split(":")[0]
        if package in providers:
            assert f"pulumi:providers:{package}::{providers[package]}::" in one.provider, one.key


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_belongs_to_a_component(stack: str) -> None:
    for one in world(stack).resources:
        top = one.type.startswith(("pulumi:providers:", "p2p-nodes:platform:"))
        assert top or "p2p-nodes:platform:" in one.parent, one.key


@pytest.mark.parametrize("stack", STACKS)
def test_every_kubernetes_object_has_a_name_and_a_namespace_that_a_first_preview_knows(stack: str) -> None:
    unbound = {"Namespace", "StorageClass"}
    for one in world(stack).resources:
        if one.type.startswith("kubernetes:"):
            metadata = one.inputs["metadata"]
            assert metadata["name"], one.key
            assert ("namespace" in metadata) != (one.inputs["kind"] in unbound), one.key


@pytest.mark.parametrize("stack", STACKS)
def test_the_proxy_serves_pods_and_nobody_else(stack: str) -> None:
    squid_conf = world(stack).one("kubernetes:core/v1:ConfigMap").inputs["data"]["squid.conf"].splitlines()
    assert [line for line in squid_conf if line.startswith("acl clients")] == ["acl clients src 10.64.0.0/14"]
    assert "acl allowed dstdomain telemetry.polkadot.io www.google.com" in squid_conf


@pytest.mark.parametrize("stack", STACKS)
def test_every_service_leads_to_a_port_that_its_pods_have(stack: str) -> None:
    ports = {
        (one.inputs["metadata"]["namespace"], port["name"]): port["containerPort"]
        for kind in WORKLOADS
        for one in world(stack).of_type(kind)
        for container in one.inputs["spec"]["template"]["spec"]["containers"]
        for port in container["ports"]
    }
    for one in world(stack).of_type(SERVICE):
        for port in one.inputs["spec"]["ports"]:
            assert ports[one.inputs["metadata"]["namespace"], port["targetPort"]] == port["port"], one.key


@pytest.mark.parametrize("stack", STACKS)
def test_every_pod_gets_machines_that_attach_its_disks(stack: str) -> None:
    pods = [one.inputs["spec"]["template"]["spec"] for kind in WORKLOADS for one in world(stack).of_type(kind)]
    assert [pod["nodeSelector"] for pod in pods] == [{"cloud.google.com/machine-family": "e2"}] * 2
    cluster = world(stack).one("gcp:container/cluster:Cluster").inputs
    system = world(stack).one("gcp:container/nodePool:NodePool").inputs["nodeConfig"]
    claims = world(stack).one("kubernetes:storage.k8s.io/v1:StorageClass").inputs["parameters"]
    disks = (
        cluster["clusterAutoscaling"]["autoProvisioningDefaults"]["diskType"],
        system["diskType"],
        claims["type"],
    )
    assert disks == ("pd-ssd", "pd-ssd", "pd-ssd")
    assert system["machineType"].startswith("e2-")


@pytest.mark.parametrize("stack", STACKS)
def test_rpc_is_on_no_load_balancer(stack: str) -> None:
    balancers = [one for one in world(stack).of_type(SERVICE) if one.inputs["spec"].get("type") == "LoadBalancer"]
    assert balancers
    for one in balancers:
        assert [port["port"] for port in one.inputs["spec"]["ports"]] == [30333], one.key


@pytest.mark.parametrize("stack", STACKS)
def test_the_cluster_outlives_what_is_in_it(stack: str) -> None:
    provider = world(stack).one("pulumi:providers:kubernetes")
    system_pool = world(stack).one("gcp:container/nodePool:NodePool")
    assert system_pool.urn in provider.dependencies
    cluster = world(stack).one("p2p-nodes:platform:Cluster")
    assert world(stack).one("gcp:compute/routerNat:RouterNat").urn in cluster.dependencies


def test_outputs_are_those_that_people_and_operations_read() -> None:
    outputs = dict(world("sandbox").outputs)
    kubeconfig = outputs.pop("kubeconfig")
    assert pulumi.runtime.rpc.is_rpc_secret(kubeconfig)
    assert outputs == {
        "cluster_name": "p2p-nodes-sandbox",
        "cluster_location": "europe-west1",
        "namespace": "p2p-node",
        "p2p_addresses": {"p2p-node-0": "203.0.113.1", "p2p-node-1": "203.0.113.2"},
        "proxy_url": "http://egress-proxy.egress-proxy.svc.cluster.local:3128",
        "image": "atactr/automata:contextfree-v0.1.0-rc4",
    }


@pytest.mark.parametrize(
    ("stack", "server", "has_ca"),
    [("dev", "https://gke-1.europe-west1.gke.goog", False), ("sandbox", "https://192.0.2.1", True)],
)
def test_each_stack_reaches_its_control_plane(stack: str, server: str, has_ca: bool) -> None:
    inputs = world(stack).one("pulumi:providers:kubernetes").inputs
    endpoint = json.loads(inputs["kubeconfig"])["clusters"][0]["cluster"]
    assert endpoint["server"] == server
    assert ("certificate-authority-data" in endpoint) == has_ca


def test_wrong_settings_end_the_program_before_anything_is_registered() -> None:
    config = {"p2p-nodes:region": "europe-west1-b", "p2p-nodes:node": '{"replicas": "2"}'}
    registered = World()
    with pytest.raises(pulumi.RunError) as caught:
        run(lambda: runpy.run_path(str(PROGRAM)), config=config, into=registered)
    assert registered.resources == []
    message = str(caught.value)
    assert message.startswith("3 mistakes in the settings of this stack; nothing was created or changed.")
    for key in ("p2p-nodes:project", "p2p-nodes:region", "p2p-nodes:node.replicas"):
        assert key in message


def test_the_program_is_wiring_on_one_screen() -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    forbidden = (ast.FunctionDef, ast.ClassDef, ast.If, ast.For, ast.While)
    assert [node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, forbidden)] == []
