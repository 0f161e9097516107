"""Runs the program for every stack file on mocks and compares what it registers with the stack's inventory."""

from __future__ import annotations

import ast
import json
import runpy
from functools import cache

import pulumi
import pytest
import yaml

from bootstrap import state_settings as bootstrap
from sandbox.simulator.catalogue import Catalogue
from settings.machines import FAMILIES
from tests import inventory
from tests.program_mocks import ROOT, SERVICE, World, run, stack_config

STACKS = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
PROGRAM = ROOT / "__main__.py"
WORKLOADS = ("kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:Deployment")


@cache
def catalogue() -> Catalogue:
    """The types of pulumi_gcp."""
    return Catalogue()


@cache
def world(stack: str) -> World:
    return run(lambda: runpy.run_path(str(PROGRAM)), stack=stack, config=stack_config(stack))


def test_there_are_stacks() -> None:
    assert STACKS == ["dev", "dr", "prod", "sandbox", "staging"]


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_contains_what_its_inventory_says(stack: str) -> None:
    assert inventory.differences(inventory.read(stack, over="common"), world(stack)) == []


@pytest.mark.parametrize("stack", [stack for stack in STACKS if stack != "sandbox"])
def test_state_and_secrets_of_a_real_stack_depend_on_no_region(stack: str) -> None:
    backend = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["backend"]["url"]
    provider = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["secretsprovider"]
    # As `make bootstrap PROJECT=p2p-nodes-platform` prints them: bootstrap/state_settings.py.
    store = bootstrap.BootstrapSettings(project="p2p-nodes-platform")
    assert (backend, provider) == (f"gs://{store.bucket}", f"gcpkms://{store.key_id}")
    region = world(stack).one("pulumi:providers:gcp").inputs["region"]
    assert region not in provider


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
def test_everything_that_takes_labels_carries_the_stack_s(stack: str) -> None:
    labels = world(stack).one("gcp:container/cluster:Cluster").inputs["resourceLabels"]
    assert labels["platform"] == f"p2p-nodes-{stack}"
    labelled = []
    for one in world(stack).resources:
        if one.type.startswith("gcp:"):
            for place in {"labels", "resourceLabels"} & set(catalogue().entry(one.type).schema.inputs):
                assert one.inputs[place] == labels, one.key
                labelled.append(one.type)
    assert {"gcp:container/cluster:Cluster", "gcp:dns/managedZone:ManagedZone", "gcp:pubsub/topic:Topic"} <= set(
        labelled
    )
    assert world(stack).one("gcp:container/nodePool:NodePool").inputs["nodeConfig"]["resourceLabels"] == labels


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_belongs_to_a_component(stack: str) -> None:
    for one in world(stack).resources:
        top = one.type.startswith(("pulumi:providers:", "p2p-nodes:platform:"))
        assert top or "p2p-nodes:platform:" in one.parent, one.key


@pytest.mark.parametrize("stack", STACKS)
def test_every_kubernetes_object_has_a_name_and_a_namespace_that_a_first_preview_knows(stack: str) -> None:
    unbound = {"Namespace", "StorageClass", "VolumeSnapshotClass", "ComputeClass", "PriorityClass"}
    for one in world(stack).resources:
        if one.type.startswith("kubernetes:"):
            metadata = one.inputs["metadata"]
            assert metadata["name"], one.key
            assert ("namespace" in metadata) != (one.inputs["kind"] in unbound), one.key


@pytest.mark.parametrize("stack", STACKS)
def test_the_proxy_serves_pods_and_nobody_else(stack: str) -> None:
    squid_conf = world(stack).one("kubernetes:core/v1:ConfigMap").inputs["data"]["squid.conf"].splitlines()
    subnet = world(stack).one("gcp:compute/subnetwork:Subnetwork").inputs
    (pods,) = [one["ipCidrRange"] for one in subnet["secondaryIpRanges"] if one["rangeName"] == "pods"]
    assert [line for line in squid_conf if line.startswith("acl clients")] == [f"acl clients src {pods}"]
    egress = json.loads(stack_config(stack).get("p2p-nodes:egress", "{}"))
    lists = [line.split() for line in squid_conf if line.startswith("acl allowed ")]
    assert all(words[:4] == ["acl", "allowed", "dstdomain", "-n"] for words in lists)
    assert [domain for words in lists for domain in words[4:]] == egress.get("allowed_domains", [])


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
    machines = world(stack).one("kubernetes:cloud.google.com/v1:ComputeClass").inputs
    selector = {"cloud.google.com/compute-class": machines["metadata"]["name"]}
    assert [pod["nodeSelector"] for pod in pods] == [selector, selector]
    cluster = world(stack).one("gcp:container/cluster:Cluster").inputs
    system = world(stack).one("gcp:container/nodePool:NodePool").inputs["nodeConfig"]
    claims = world(stack).one("kubernetes:storage.k8s.io/v1:StorageClass").inputs["parameters"]
    disks = (
        cluster["clusterAutoscaling"]["autoProvisioningDefaults"]["diskType"],
        system["diskType"],
        claims["type"],
        *(rule["storage"]["bootDiskType"] for rule in machines["spec"]["priorities"]),
    )
    attached = {str(name): family.disks for name, family in FAMILIES.items()}
    families = [rule["machineFamily"] for rule in machines["spec"]["priorities"]]
    for family in [*families, system["machineType"].partition("-")[0]]:
        assert set(disks) <= attached[family], family


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
        "protect": False,
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
    assert message.startswith("5 mistakes in the settings of this stack; nothing was created or changed.")
    for key in ("project", "region", "node.replicas", "node.dns.zone", "cluster.external_access"):
        assert f"p2p-nodes:{key}" in message


def test_the_program_is_wiring_on_one_screen() -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    forbidden = (ast.FunctionDef, ast.ClassDef, ast.If, ast.For, ast.While)
    assert [node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, forbidden)] == []
