"""Importing what exists as docs/upgrades.md has it, on the real engine and the simulator of Google Cloud."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pulumi
import pulumi_gcp as gcp
import pytest
from pulumi import automation

from components.network import Network, NetworkArgs
from components.platform import Platform
from sandbox import engine_folder
from sandbox.layout import CHECKOUT, Layout
from settings import NetworkSettings
from tests.engine_on_gcp import engine_on_gcp

pytestmark = pytest.mark.engine

RUNBOOK = (CHECKOUT / "docs" / "upgrades.md").read_text(encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class World:
    """A backend and a cloud; `there` is the state of what somebody else made: a VPC, a subnet, a router, a NAT."""

    layout: Layout
    there: dict[str, str]

    def adopting(self, nodes_range: str) -> automation.Stack:
        return stack("dev", program(nodes_range), self.layout)

    def import_file(self, of: automation.Stack) -> dict[str, Any]:
        file = self.layout.root / "adopt.json"
        of.preview(import_file=str(file))
        written: dict[str, Any] = json.loads(file.read_text())
        return written

    def import_(self, wanted: dict[str, Any]) -> None:
        file = self.layout.root / "adopt.json"
        file.write_text(json.dumps(wanted))
        command = next(line.strip() for line in RUNBOOK.splitlines() if line.strip().startswith("pulumi import "))
        words = command.replace("STACK", "dev").replace("adopt.json", str(file)).split()
        subprocess.run([*words, "--yes"], cwd=self.layout.engine, check=True, capture_output=True)


def program(nodes_range: str) -> Callable[[], None]:
    """The program's own network under a provider of its own, as in __main__.py."""

    def run() -> None:
        google = gcp.Provider("google", project="simulated", region="europe-west1")
        platform = Platform(
            name="p2p-nodes-dev",
            project="simulated",
            region="europe-west1",
            zones=("europe-west1-b",),
            labels={},
            protect=False,
        )
        settings = NetworkSettings(nodes_range=IPv4Network(nodes_range), google_apis="public")
        args = NetworkArgs(platform=platform, settings=settings)
        Network("network", args, pulumi.ResourceOptions(providers=[google]))

    return run


def by_hand() -> None:
    """No more than what the runbook says must match."""
    google = gcp.Provider("google", project="simulated", region="europe-west1")
    # The simulator imports what was given: without the region it would be as if there were none.
    name, region, opts = "p2p-nodes-dev", "europe-west1", pulumi.ResourceOptions(provider=google)
    ranges = {"pods": "10.64.0.0/14", "services": "10.40.0.0/20"}
    vpc = gcp.compute.Network("a", name=name, auto_create_subnetworks=False, opts=opts)
    gcp.compute.Subnetwork(
        "b",
        name=name,
        region=region,
        network=vpc.id,
        ip_cidr_range="10.10.0.0/20",
        secondary_ip_ranges=[{"range_name": range, "ip_cidr_range": cidr} for range, cidr in ranges.items()],
        opts=opts,
    )
    router = gcp.compute.Router("c", name=name, region=region, network=vpc.id, opts=opts)
    gcp.compute.RouterNat(
        "d",
        name=name,
        region=region,
        router=router.name,
        nat_ip_allocate_option="AUTO_ONLY",
        source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
        opts=opts,
    )


def stack(name: str, run: Callable[[], None], layout: Layout) -> automation.Stack:
    return automation.create_or_select_stack(
        stack_name=name,
        project_name="p2p-nodes",
        program=run,
        opts=automation.LocalWorkspaceOptions(work_dir=str(layout.engine)),
    )


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with engine_on_gcp(tmp_path, monkeypatch) as layout:
        host = CHECKOUT / "tests" / "docs" / "language_host.py"
        command = f"exec {engine_folder.quote(sys.executable)} {engine_folder.quote(host)}\n"
        engine_folder.script(layout.bin / "pulumi-language-python", command)
        others = stack("others", getattr(request, "param", program("10.10.0.0/20")), layout)
        others.up()
        deployment = others.export_stack().deployment
        assert deployment is not None
        there = {resource["type"]: resource["id"] for resource in deployment["resources"] if resource.get("id")}
        yield World(layout=layout, there=there)


def filled(wanted: dict[str, Any], there: dict[str, str]) -> dict[str, Any]:
    """Step 3: the components stay, everything else gets the id of what is there."""
    return {
        **wanted,
        "resources": [
            entry if entry.get("component") else {**entry, "id": there[entry["type"]]} for entry in wanted["resources"]
        ],
    }


def test_what_matches_is_adopted_without_a_change(world: World) -> None:
    dev = world.adopting("10.10.0.0/20")
    wanted = world.import_file(dev)
    assert {entry.get("id") for entry in wanted["resources"]} == {"<PLACEHOLDER>", None}
    world.import_(filled(wanted, world.there))
    assert dev.preview().change_summary == {"same": 7}
    assert dev.up().summary.resource_changes == {"same": 7}


@pytest.mark.parametrize("world", [by_hand], indirect=True)
def test_what_somebody_made_by_hand_is_adopted_in_place(world: World) -> None:
    dev = world.adopting("10.10.0.0/20")
    world.import_(filled(world.import_file(dev), world.there))
    assert set(dev.preview().change_summary) == {"same", "update"}
    dev.up()
    assert dev.preview().change_summary == {"same": 7}


def test_what_does_not_match_shows_a_replacement(world: World) -> None:
    dev = world.adopting("10.99.0.0/20")
    world.import_(filled(world.import_file(dev), world.there))
    assert "replace" in dev.preview().change_summary


def test_the_runbook_gives_ids_as_they_are(world: World) -> None:
    given = dict(row.strip("| ").split(" | ") for row in RUNBOOK.splitlines() if row.strip().startswith("| `gcp:"))
    names = {"PROJECT": "simulated", "REGION": "europe-west1", "ROUTER": "p2p-nodes-dev", "NAME": "p2p-nodes-dev"}
    for type, id in world.there.items():
        if type.startswith("gcp:"):
            expected = given[f"`{type}`"].strip("`")
            for placeholder, name in names.items():
                expected = expected.replace(placeholder, name)
            assert id == expected
