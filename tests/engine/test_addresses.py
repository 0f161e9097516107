"""Addresses and names of the nodes on the real engine: each node has its own, in a zone that is somebody else's."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.engine.checkouts import Checkout

pytestmark = pytest.mark.engine

FIRST = ("p2p-node-0", "p2p-node-1")
LATER = ("p2p-node-2", "p2p-node-3", "p2p-node-4")


def set_node(checkout: Checkout, **settings: object) -> None:
    """Changes settings of the nodes in the stack's file."""
    checkout.settings(lambda config: config["p2p-nodes:node"].update(settings))


def changed(text: str) -> set[tuple[str, str]]:
    """What a preview shows of the program's own changes: the action and the resource's name."""
    return {(found[1], found[2]) for found in re.finditer(r"^ +(create|update|replace|delete) +\S+ (\S+)", text, re.M)}


def resources(checkout: Checkout) -> dict[str, Any]:
    """Every resource of the state by its name."""
    state = json.loads(checkout.make("pulumi", "ARGS=stack export").text)["deployment"]
    return {f"{one['type']} {one['urn'].rpartition('::')[2]}": one for one in state.get("resources", [])}


def of_nodes(checkout: Checkout, pods: tuple[str, ...]) -> dict[str, Any]:
    """What there is of these nodes: in the API server by uid, in the state by what Google gave."""
    kinds = json.loads(checkout.kubectl("get pods,services,persistentvolumeclaims -n p2p-node -o json"))["items"]
    found: dict[str, Any] = {
        f"{one['kind']} {one['metadata']['name']}": (one["metadata"]["uid"], one.get("status", {}).get("loadBalancer"))
        for one in kinds
        if one["metadata"]["name"].removeprefix("data-") in pods
    }
    for key, one in resources(checkout).items():
        if key.startswith("gcp:") and re.fullmatch(rf"\S+ ({'|'.join(pods)})-(address|record)", key):
            outputs = one["outputs"]
            found[key] = (one["id"], one["created"], outputs.get("address"), outputs.get("rrdatas"))
    return found


def names(checkout: Checkout) -> dict[str, list[str]]:
    """Who a resolver would answer with."""
    records = [one["outputs"] for key, one in resources(checkout).items() if key.startswith("gcp:dns/recordSet")]
    return {one["name"]: one["rrdatas"] for one in records if "nodes.example.org" in one["name"]}


def test_scaling_touches_nothing_of_the_first_nodes(checkout: Checkout) -> None:
    # Machines for five nodes at their largest, from the beginning.
    room = {"max_cpu_cores": 96, "max_memory_gb": 400}
    checkout.settings(lambda config: config["p2p-nodes:cluster"].update(auto_provisioning=room))
    checkout.make("up")
    before = of_nodes(checkout, FIRST)
    assert len(before) == 2 * len(("Pod", "Service", "PersistentVolumeClaim", "Address", "RecordSet"))

    set_node(checkout, replicas=5)
    shown = checkout.make("preview").text
    expected = {("create", f"{pod}{part}") for pod in LATER for part in ("", "-address", "-record")}
    # The stack itself has an output of the addresses.
    assert changed(shown) == {*expected, ("update", "p2p-node"), ("update", "p2p-nodes-sandbox")}, shown
    checkout.make("up")
    assert of_nodes(checkout, FIRST) == before
    given = checkout.load_balancers()
    assert sorted(given) == [*FIRST, *LATER]
    assert len(set(given.values())) == 5
    assert names(checkout) == {f"{pod}.sandbox.nodes.example.org.": [address] for pod, address in given.items()}
    outputs = resources(checkout)["pulumi:pulumi:Stack p2p-nodes-sandbox"]["outputs"]
    assert outputs["p2p_addresses"] == given
    assert "no changes" in checkout.make("preview").text

    # The other way, an address is let go by its load balancer before it is given back.
    set_node(checkout, replicas=2)
    checkout.make("up")
    assert of_nodes(checkout, FIRST) == before
    assert sorted(names(checkout)) == [f"{pod}.sandbox.nodes.example.org." for pod in FIRST]
    kept = checkout.kubectl("get persistentvolumeclaims -n p2p-node -o name").split()
    assert len(kept) == 5, "a claim outlives its pod"


def test_nodes_are_closed_and_opened_again(checkout: Checkout) -> None:
    checkout.make("up")
    pods = json.loads(checkout.kubectl("get statefulset p2p-node -n p2p-node -o json"))["metadata"]["uid"]
    set_node(checkout, exposure="none")
    checkout.make("up")
    assert checkout.load_balancers() == {}
    assert names(checkout) == {}
    assert not [key for key in resources(checkout) if key.startswith("gcp:compute/address:Address")]
    assert resources(checkout)["pulumi:pulumi:Stack p2p-nodes-sandbox"]["outputs"]["p2p_addresses"] == {}
    set_node(checkout, exposure="per-pod")
    checkout.make("up")
    assert sorted(checkout.load_balancers()) == list(FIRST)
    assert json.loads(checkout.kubectl("get statefulset p2p-node -n p2p-node -o json"))["metadata"]["uid"] == pods


@pytest.mark.parametrize(
    ("dns", "says"),
    [
        (
            {"zone": "nowhere", "domain": "sandbox.nodes.example.org"},
            'node.dns.zone: Google Cloud does not tell of a zone "nowhere" in the project "p2p-nodes-sandbox"',
        ),
        (
            {"zone": "nodes", "domain": "nodes.example.com", "project": "dns-team"},
            'node.dns.domain: "nodes.example.com" is not in the zone "nodes" of the project "dns-team", which is '
            "nodes.example.org.",
        ),
    ],
)
def test_a_zone_that_cannot_be_used_is_refused_before_anything_is_made(
    checkout: Checkout, dns: dict[str, str], says: str
) -> None:
    set_node(checkout, dns=dns)
    refused = checkout.make("up", code=2)
    assert says in " ".join(refused.text.split())
    assert "or set node.exposure to none" in " ".join(refused.text.split())
    assert "Traceback" not in refused.text
    assert resources(checkout) == {}
    assert list((checkout.root / ".sandbox" / "simulator" / "resources").glob("*.json")) == []


def test_a_check_takes_somebody_else_s_zone_for_granted(checkout: Checkout) -> None:
    set_node(checkout, dns={"zone": "of-a-customer", "domain": "nodes.example.com", "project": "their-project"})
    assert "passed: no mandatory violation" in checkout.make("check", "STACK=sandbox").text
