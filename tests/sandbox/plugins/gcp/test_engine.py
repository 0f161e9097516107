"""The gcp plugin under the real engine: an inline program, from the first update to an empty cloud."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from sandbox.layout import CHECKOUT, Layout
from sandbox.simulator.store import Store

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
            cluster(network, subnet, account)
        pulumi.export("router", router.name)
        pulumi.export("subnet", subnet.self_link)
        for name, declare in settings.get("extra", {}).items():
            declare(name)

    return run


def cluster(network: Any, subnet: Any, account: Any) -> None:
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
    )
    pulumi.export("endpoint", made.endpoint)
    pulumi.export("ca", made.master_auth.cluster_ca_certificate)
    pulumi.export("dns", made.control_plane_endpoints_config.dns_endpoint_config.endpoint)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    layout = Layout(root=tmp_path / "sandbox")
    plugin = layout.plugins / "gcp" / "pulumi-resource-gcp"
    plugin.parent.mkdir(parents=True)
    plugin.write_text(f'#!/bin/sh\ncd {CHECKOUT}\nexec {sys.executable} -m sandbox.plugins.gcp "$@"\n')
    plugin.chmod(0o755)
    for folder in (layout.engine / "home", layout.engine / "state"):
        folder.mkdir(parents=True)
    environment = {
        "PULUMI_HOME": str(layout.engine / "home"),
        "PULUMI_BACKEND_URL": f"file://{layout.engine / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "sandbox",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "SANDBOX_HOME": str(layout.root),
        "SANDBOX_SPEED": "100000",
        "PATH": os.environ["PATH"],
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (layout.engine / "Pulumi.yaml").write_text(
        f"name: p2p-nodes\nruntime: python\nplugins:\n  providers:\n"
        f"    - name: gcp\n      path: {plugin.parent}\n      version: 10.2.0\n"
    )
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
    # A refused program leaves a coroutine of the SDK behind. Its end in the middle of a later import upsets Python 3.11
    # ("AST constructor recursion depth mismatch"): it ends here.
    gc.collect()


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


def test_refusals_reach_the_person_in_one_sentence(world: World) -> None:
    import pulumi

    class Bucket(pulumi.CustomResource):
        def __init__(self, name: str) -> None:
            super().__init__("gcp:storage/bucket:Bucket", name, {})

    world.settings["extra"] = {"bucket": Bucket}
    with pytest.raises(automation.CommandError) as refused:
        world.stack.preview()
    text = str(refused.value)
    assert "gcp:storage/bucket:Bucket is not simulated" in text
    assert "gcp:container/cluster:Cluster" in text
    assert "Traceback" not in text
