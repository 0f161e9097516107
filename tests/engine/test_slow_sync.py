"""`up` succeeds while nodes sync: readiness means synced, and that can take days."""

import json

import pytest

from tests.engine.checkouts import Checkout

pytestmark = pytest.mark.engine

SPEED = "30"
SYNC_SECONDS = 30 * 60


def test_pods_that_need_30_simulated_minutes_do_not_hold_up_the_update(checkout: Checkout) -> None:
    environment = {"SANDBOX_SPEED": SPEED, "SANDBOX_DELAYS": f"p2p-node-sync={SYNC_SECONDS}"}
    up = checkout.make("up", **environment)
    assert up.seconds * float(SPEED) > 0
    pods = json.loads(checkout.kubectl("get pods -n p2p-node -o json"))["items"]
    assert sorted(pod["metadata"]["name"] for pod in pods) == ["p2p-node-0", "p2p-node-1"]
    for pod in pods:
        ready = [c["status"] for c in pod["status"]["conditions"] if c["type"] == "Ready"]
        assert pod["status"]["phase"] == "Running"
        assert ready == ["False"], "the pod was ready before 30 simulated minutes passed"
    services = json.loads(checkout.kubectl("get services -n p2p-node -o json"))["items"]
    addresses = {
        service["metadata"]["name"]: service["status"]["loadBalancer"]["ingress"][0]["ip"]
        for service in services
        if service["spec"]["type"] == "LoadBalancer"
    }
    assert set(addresses) == {"p2p-node-0", "p2p-node-1"}
