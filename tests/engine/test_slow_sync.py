"""`up` succeeds while nodes sync: readiness means synced, and that can take days."""

import json
from datetime import datetime
from typing import Any

import pytest

from tests.engine.checkouts import Checkout

pytestmark = pytest.mark.engine

SPEED = 20
SYNC_SECONDS = 30 * 60


def pods(checkout: Checkout) -> list[dict[str, Any]]:
    return list(json.loads(checkout.kubectl("get pods -n p2p-node -o json"))["items"])


def ready(pod: dict[str, Any]) -> dict[str, str]:
    (condition,) = [condition for condition in pod["status"]["conditions"] if condition["type"] == "Ready"]
    return dict(condition)


def test_pods_that_need_30_simulated_minutes_do_not_hold_up_the_update(checkout: Checkout) -> None:
    checkout.make("up", SANDBOX_SPEED=str(SPEED), SANDBOX_DELAYS=f"p2p-node-sync={SYNC_SECONDS}")
    syncing = pods(checkout)
    assert sorted(pod["metadata"]["name"] for pod in syncing) == ["p2p-node-0", "p2p-node-1"]
    assert [pod["status"]["phase"] for pod in syncing] == ["Running", "Running"]
    assert [ready(pod)["status"] for pod in syncing] == ["False", "False"], "`up` waited until the nodes were synced"
    services = json.loads(checkout.kubectl("get services -n p2p-node -o json"))["items"]
    addresses = {
        service["metadata"]["name"]: service["status"]["loadBalancer"]["ingress"][0]["ip"]
        for service in services
        if service["spec"]["type"] == "LoadBalancer"
    }
    assert set(addresses) == {"p2p-node-0", "p2p-node-1"}

    checkout.kubectl("wait pods -n p2p-node --all --for=condition=Ready --timeout=200s")
    for pod in pods(checkout):
        began = datetime.fromisoformat(pod["status"]["containerStatuses"][0]["state"]["running"]["startedAt"])
        took = (datetime.fromisoformat(ready(pod)["lastTransitionTime"]) - began).total_seconds() * SPEED
        # Kubernetes writes whole seconds, which are a third of a simulated minute each.
        assert took >= SYNC_SECONDS - 2 * SPEED, f"{pod['metadata']['name']} was ready after {took / 60:.0f} minutes"
