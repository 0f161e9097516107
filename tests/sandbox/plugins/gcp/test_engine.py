"""The gcp plugin under the real engine: an inline program, from the first update to an empty cloud."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from sandbox.layout import Layout
from sandbox.simulator.store import Store
from tests.engine_on_gcp import engine_on_gcp

pytestmark = pytest.mark.engine


@dataclass
class World:
    """A stack on disk; `settings` is what the program reads, so that a test can change its mind."""

    layout: Layout
    stack: automation.Stack
    settings: dict[str, Any] = field(default_factory=dict)

    def up(self) -> dict[str, int]:
        changes = self.stack.up().summary.resource_changes or {}
        return {str(kind): count for kind, count in changes.items()}


def program(settings: dict[str, Any]) -> Callable[[], None]:
    def run() -> None:
        import pulumi
        from pulumi_gcp import compute, projects, serviceaccount

        network = compute.Network("net", name="net", auto_create_subnetworks=False)
        subnet = compute.Subnetwork(
            "subnet",
            name=settings.get("subnet", "subnet"),
            ip_cidr_range=settings.get("range", "10.0.0.0/20"),
            network=network.self_link,
            private_ip_google_access=True,
            secondary_ip_ranges=[{"range_name": "pods", "ip_cidr_range": "10.4.0.0/14"}],
        )
        router = compute.Router("router", network=network.id)
        compute.RouterNat(
            "nat",
            router=router.name,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
        )
        account = serviceaccount.Account("nodes", account_id="sandbox-nodes")
        projects.IAMMember("logs", project="simulated", role="roles/logging.logWriter", member=account.member)
        if settings.get("cluster"):
            cluster(network, subnet, account, settings)
        pulumi.export("router", router.name)
        pulumi.export("subnet", subnet.self_link)
        for name, declare in settings.get("extra", {}).items():
            declare(name)

    return run


def cluster(network: Any, subnet: Any, account: Any, settings: dict[str, Any]) -> None:
    import pulumi
    from pulumi_gcp import container

    made = container.Cluster(
        "cluster",
        name="cluster",
        location="europe-west4",
        network=network.id,
        subnetwork=subnet.id,
        initial_node_count=1,
        remove_default_node_pool=True,
        deletion_protection=False,
        ip_allocation_policy={"cluster_secondary_range_name": "pods"},
        control_plane_endpoints_config={"dns_endpoint_config": {"allow_external_traffic": True}},
        cluster_autoscaling={
            "enabled": True,
            "resource_limits": [
                {"resource_type": "cpu", "minimum": 1, "maximum": 32},
                {"resource_type": "memory", "maximum": 128},
            ],
            "auto_provisioning_defaults": {"disk_type": "pd-ssd", "service_account": account.email},
        },
        opts=pulumi.ResourceOptions(ignore_changes=settings.get("ignored")),
        **settings.get("more", {}),
    )
    if settings.get("pool"):
        container.NodePool("pool", name="pool", cluster=made.id, initial_node_count=1, node_config=settings["pool"])
    pulumi.export("endpoint", made.endpoint)
    pulumi.export("ca", made.master_auth.cluster_ca_certificate)
    pulumi.export("dns", made.control_plane_endpoints_config.dns_endpoint_config.endpoint)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with engine_on_gcp(tmp_path, monkeypatch) as layout:
        settings: dict[str, Any] = {}
        stack = automation.create_or_select_stack(
            stack_name="test",
            project_name="p2p-nodes",
            program=program(settings),
            work_dir=str(layout.engine),
            opts=automation.LocalWorkspaceOptions(work_dir=str(layout.engine)),
        )
        stack.set_config("gcp:project", automation.ConfigValue("simulated"))
        stack.set_config("gcp:region", automation.ConfigValue("europe-west4"))
        yield World(layout=layout, stack=stack, settings=settings)


def endpoint(layout: Layout, port: int) -> None:
    layout.controlplane.mkdir(parents=True, exist_ok=True)
    host = f"127.0.0.1:{port}"
    layout.endpoint.write_text(
        json.dumps({"server": f"https://{host}", "host": host, "ca_pem": "CERTIFICATE", "token": "t"})
    )


def test_life_of_a_stack(world: World) -> None:
    """First update, no changes, replacement, refresh, and an empty cloud at the end."""
    assert world.up() == {"create": 7}
    assert world.up() == {"same": 7}

    world.settings["range"] = "10.0.0.0/24"
    assert world.up() == {"same": 6, "replace": 1}, "a narrower range replaces the subnetwork"

    world.stack.refresh()
    assert world.stack.preview().change_summary == {"same": 7}

    world.stack.destroy()
    assert Store(world.layout).all() == []


def test_cluster_leads_to_the_local_control_plane(world: World) -> None:
    """Without a control plane the cluster is refused with the command to run; with one the next update continues."""
    world.settings["cluster"] = True
    world.stack.preview()
    with pytest.raises(automation.CommandError, match=r"the control plane is not running.*make up") as refused:
        world.up()
    assert "Traceback" not in str(refused.value)
    endpoint(world.layout, 6443)
    assert world.up()["create"] == 1
    outputs = world.stack.outputs()
    assert outputs["endpoint"].value == "127.0.0.1:6443"
    assert outputs["dns"].value.endswith(".europe-west4.gke.goog")

    endpoint(world.layout, 7443)
    world.stack.refresh()
    assert world.stack.preview().change_summary == {"same": 8}, "what moved is Google's, not the program's"
    world.up()
    assert world.stack.outputs()["endpoint"].value == "127.0.0.1:7443"
    world.stack.destroy()
    assert Store(world.layout).all() == []


def test_drift_is_read_back_and_repaired(world: World) -> None:
    world.up()
    store = Store(world.layout)
    subnet = store.get("projects/simulated/regions/europe-west4/subnetworks/subnet")
    assert subnet is not None
    store.put(type(subnet)(**{**vars(subnet), "outputs": {**subnet.outputs, "privateIpGoogleAccess": False}}))
    store.delete("simulated/roles/logging.logWriter/serviceAccount:sandbox-nodes@simulated.iam.gserviceaccount.com")
    world.stack.refresh()
    assert world.up() == {"same": 5, "update": 1, "create": 1}


def test_what_google_writes_back_is_no_change_to_a_careful_program_only(world: World) -> None:
    """A second preview is empty, with a refresh before it and without, until the handling is taken away."""
    endpoint(world.layout, 6443)
    careful = {
        "monitoring_config": {"enable_components": ["SYSTEM_COMPONENTS", "POD"]},
        "node_config": {"image_type": "COS_CONTAINERD"},
    }
    careless = {**careful, "monitoring_config": {"enable_components": ["POD", "SYSTEM_COMPONENTS"]}}
    pool = {"resource_labels": {"owner": "x"}, "machine_type": "c3-standard-4"}
    world.settings |= {"cluster": True, "more": careful, "pool": pool, "ignored": ["node_config"]}
    world.up()
    assert world.stack.preview().change_summary == {"same": 9}
    world.stack.refresh()
    assert world.stack.preview().change_summary == {"same": 9}

    world.settings["ignored"] = []
    assert world.stack.preview().change_summary == {"same": 8, "update": 1}, "the first node pool's labels"

    world.settings |= {"ignored": ["node_config"], "more": careless}
    assert world.up() == {"same": 8, "update": 1}
    assert world.stack.preview().change_summary == {"same": 8, "update": 1}, "Google's order, for ever"
    world.settings["more"] = careful
    assert world.up() == {"same": 9}


def test_refusals_reach_the_person_in_one_sentence(world: World) -> None:
    import pulumi

    class Dataset(pulumi.CustomResource):
        def __init__(self, name: str) -> None:
            super().__init__("gcp:bigquery/dataset:Dataset", name, {})

    world.settings["extra"] = {"dataset": Dataset}
    with pytest.raises(automation.CommandError) as refused:
        world.stack.preview()
    text = str(refused.value)
    assert "gcp:bigquery/dataset:Dataset is not simulated" in text
    assert "gcp:container/cluster:Cluster" in text
    assert "Traceback" not in text
