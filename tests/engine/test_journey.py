"""A sandbox from nothing to nothing, as the README tells it."""

import json
import socket
from collections import Counter

import pytest

from tests.engine.checkouts import Checkout

pytestmark = pytest.mark.engine


def test_up_twice_preview_destroy_twice_down_twice(checkout: Checkout) -> None:
    first = checkout.make("up")
    for shown in ("p2p-node-0", "p2p-node-1", "data-p2p-node-0", "50Gi", "ssd", "30333/TCP", "http://egress-proxy"):
        assert shown in first.text, f"{shown} is not shown:\n{first.text}"
    state = checkout.make("pulumi", "ARGS=stack export").text
    outputs = json.loads(state)["deployment"]["resources"][0]["outputs"]
    assert set(outputs) == {
        "cluster_name",
        "cluster_location",
        "kubeconfig",
        "namespace",
        "p2p_addresses",
        "proxy_url",
        "image",
        "protect",
    }
    assert "ciphertext" in outputs["kubeconfig"]
    assert set(outputs["p2p_addresses"]) == {"p2p-node-0", "p2p-node-1"}
    assert "gke-gcloud-auth-plugin" not in state, "the kubeconfig is in the state in plain text"

    second = checkout.make("up")
    assert "no changes" in second.text
    assert second.seconds < first.seconds / 2

    assert "no changes" in checkout.make("preview").text
    assert "p2p-node-0" in checkout.make("status").text
    assert "p2p-node-1" in checkout.kubectl("get pods -n p2p-node")

    destroyed = checkout.make("destroy")
    assert "goes disk pvc-" in destroyed.text
    assert json.loads(checkout.make("pulumi", "ARGS=stack export").text)["deployment"].get("resources", []) == []
    assert left_in_the_cloud(checkout) == LEFT_ON_PURPOSE
    assert "No resources found" in checkout.kubectl("get pv")
    checkout.make("destroy")

    ports = json.loads((checkout.root / ".sandbox" / "controlplane" / "ports.json").read_text())
    checkout.make("down")
    assert checkout.processes() == []
    for port in ports.values():
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0, f"port {port} is still held"
    checkout.make("down")


def test_a_retained_disk_is_listed_and_stays(checkout: Checkout) -> None:
    checkout.settings(lambda config: config.update({"p2p-nodes:storage": {"reclaim_policy": "Retain"}}))
    checkout.make("up")
    destroyed = checkout.make("destroy", code=0)
    assert "kept: disk projects/p2p-nodes-sandbox/zones/" in destroyed.text
    assert left_in_the_cloud(checkout) == {**LEFT_ON_PURPOSE, "gcp:compute/disk:Disk": 2}


LEFT_ON_PURPOSE = {
    # Google deletes neither, and the versions of the key are on their way out.
    "gcp:kms/keyRing:KeyRing": 1,
    "gcp:kms/cryptoKey:CryptoKey": 1,
    # Another stack of the project may need them.
    "gcp:projects/service:Service": 11,
}


def left_in_the_cloud(checkout: Checkout) -> Counter[str]:
    folder = checkout.root / ".sandbox" / "simulator" / "resources"
    return Counter(json.loads(path.read_text())["type"] for path in folder.glob("*.json"))
