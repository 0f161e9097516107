"""Each way the simulated cloud says no, and that it changes nothing then."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.layout import Layout
from sandbox.simulator import delays, faults
from sandbox.simulator.cloud import Cloud
from sandbox.simulator.errors import ClusterUnreachable, Refused
from sandbox.simulator.store import Record, StoreCorrupt
from tests.sandbox.simulator.lives import Make, token, until


def run(work: Any) -> Any:
    return asyncio.run(work)


def test_what_exists_is_not_created_again_before_its_record_is_moved_away(make: Make, tmp_path: Path) -> None:
    make("Network", name="net")
    with pytest.raises(
        Refused, match=r"Error 409: The resource 'projects/simulated/global/networks/net' already exists"
    ) as refused:
        make("Network", name="net")
    record = re.search(r"move its record (\S+) away, then run `make up`", str(refused.value))
    assert record
    Path(record.group(1)).rename(tmp_path / "aside")
    make("Network", name="net")
    make("Service", service="a.googleapis.com")
    make("Service", service="a.googleapis.com")


def test_what_is_referred_to_must_exist(cloud: Cloud, make: Make) -> None:
    missing = r"Error 404: The resource 'projects/simulated/global/networks/net' was not found, notFound"
    with pytest.raises(Refused, match=missing):
        make("Subnetwork", name="sub", network="net")
    with pytest.raises(Refused, match=missing):
        cloud.plan(token("Subnetwork"), {"name": "sub", "network": "net"})
    with pytest.raises(Refused, match=missing):
        make("Cluster", name="c", network="net")
    assert cloud.store.all() == []


@pytest.mark.parametrize(
    ("kind", "user", "article"),
    [
        ("Network", "Subnetwork", "network"),
        ("Network", "Firewall", "network"),
        ("Network", "Router", "network"),
        ("Subnetwork", "Cluster", "subnetwork"),
    ],
)
def test_what_is_used_is_not_deleted(cloud: Cloud, make: Make, kind: str, user: str, article: str) -> None:
    until(make, user)
    used = next(r for r in cloud.store.all(token(kind)))
    with pytest.raises(Refused) as refused:
        run(cloud.delete(used.type, kind, used.id))
    assert f"Error 400: The {article} resource '{used.id}' is already being used by '" in str(refused.value)
    assert str(refused.value).endswith("resourceInUseByAnotherResource")
    assert cloud.store.get(used.id) == used


def test_what_is_owned_goes_with_its_owner(cloud: Cloud, make: Make) -> None:
    until(make, "NodePool")
    cluster = next(r for r in cloud.store.all(token("Cluster")))
    run(cloud.delete(cluster.type, "c", cluster.id))
    assert cloud.store.all(token("NodePool")) == []


def test_a_zone_with_records_is_not_deleted_unless_it_says_so(cloud: Cloud, make: Make) -> None:
    record = until(make, "RecordSet")
    zone = next(r for r in cloud.store.all(token("ManagedZone")))
    assert record.id == "projects/simulated/managedZones/zone/rrsets/*.googleapis.com./A"
    says = "The resource named 'zone' cannot be deleted because it contains one or more 'resource records'"
    with pytest.raises(Refused, match=says):
        run(cloud.delete(zone.type, "zone", zone.id))
    assert cloud.store.get(record.id) == record
    run(cloud.update(zone.type, "zone", zone.id, {**zone.inputs, "forceDestroy": True}))
    run(cloud.delete(zone.type, "zone", zone.id))
    assert cloud.store.get(record.id) is None


def test_an_address_in_use_is_not_deleted(cloud: Cloud, make: Make) -> None:
    address = make("Address", name="address")
    rule = Record(
        type="gcp:compute/forwardingRule:ForwardingRule",
        id="projects/simulated/regions/europe-west4/forwardingRules/a",
        inputs={},
        outputs={"ipAddress": address.outputs["address"]},
        origin="data-plane",
    )
    cloud.store.put(rule)
    with pytest.raises(Refused, match=f"'{address.id}' is already being used by '{rule.id}'"):
        run(cloud.delete(address.type, "address", address.id))
    cloud.store.delete(rule.id)
    run(cloud.delete(address.type, "address", address.id))
    assert cloud.store.all() == []


def test_the_policy_of_an_account_goes_with_it(cloud: Cloud, make: Make) -> None:
    until(make, "serviceaccount/iAMMember:IAMMember")
    account = next(r for r in cloud.store.all(token("Account")))
    run(cloud.delete(account.type, "nodes", account.id))
    assert cloud.store.all(token("serviceaccount/iAMMember:IAMMember")) == []


@pytest.mark.parametrize(
    ("kind", "inputs", "says"),
    [
        (
            "RecordSet",
            {"managedZone": "zone", "name": "a.", "type": "A", "rrdatas": ["192.0.2.1"]},
            "The 'parameters.managedZone' resource named 'zone' does not exist., notFound",
        ),
        (
            "ManagedZone",
            {
                "name": "zone",
                "dnsName": "a.",
                "privateVisibilityConfig": {"networks": [{"networkUrl": "projects/simulated/global/networks/n"}]},
            },
            "'projects/simulated/global/networks/n' was not found",
        ),
        (
            "Firewall",
            {
                "name": "fw",
                "network": "net",
                "allows": [{"protocol": "tcp"}],
                "targetServiceAccounts": ["gone@simulated.iam.gserviceaccount.com"],
            },
            'Service account "gone@simulated.iam.gserviceaccount.com" does not exist',
        ),
        (
            "serviceaccount/iAMMember:IAMMember",
            {
                "serviceAccountId": "projects/simulated/serviceAccounts/gone@simulated.iam.gserviceaccount.com",
                "role": "roles/a",
                "member": "allUsers",
            },
            "'projects/simulated/serviceAccounts/gone@simulated.iam.gserviceaccount.com' was not found",
        ),
        (
            "Cluster",
            {
                "name": "c",
                "network": "net",
                "notificationConfig": {"pubsub": {"enabled": True, "topic": "projects/simulated/topics/gone"}},
            },
            "'projects/simulated/topics/gone' was not found",
        ),
    ],
    ids=["record set", "zone", "firewall", "account member", "cluster"],
)
def test_what_else_must_exist(make: Make, kind: str, inputs: dict[str, Any], says: str) -> None:
    make("Network", name="net")
    with pytest.raises(Refused, match=re.escape(says)):
        make(kind, **inputs)


@pytest.mark.parametrize("given", [{}, {"deletionProtection": True}])
def test_a_protected_cluster_names_the_setting(cloud: Cloud, make: Make, given: dict[str, Any]) -> None:
    make("Network", name="net")
    cluster = make("Cluster", name="c", network="net", **given)
    with pytest.raises(Refused) as refused:
        run(cloud.delete(cluster.type, "c", cluster.id))
    assert "Cannot destroy cluster because deletion_protection is set to true. Set it to false" in str(refused.value)
    assert "`deletionProtection`" in str(refused.value)
    run(cloud.update(cluster.type, "c", cluster.id, {**cluster.inputs, "deletionProtection": False}))
    run(cloud.delete(cluster.type, "c", cluster.id))


def test_deletion_policies(cloud: Cloud, make: Make) -> None:
    kept = make("Network", name="kept", deletionPolicy="PREVENT")
    with pytest.raises(Refused, match="deletionPolicy is PREVENT"):
        run(cloud.delete(kept.type, "kept", kept.id))
    left = make("Network", name="left", deletionPolicy="ABANDON")
    run(cloud.delete(left.type, "left", left.id))
    assert cloud.store.get(left.id) == left


def test_a_cluster_needs_the_control_plane_and_follows_it(cloud: Cloud, make: Make, layout: Layout) -> None:
    make("Network", name="net")
    endpoint = layout.endpoint.read_text()
    layout.endpoint.unlink()
    with pytest.raises(ClusterUnreachable, match="make up"):
        make("Cluster", name="c", network="net")
    assert delays.operations(layout)[1:] == [], "nothing was waited for"
    layout.endpoint.write_text(endpoint)
    cluster = make("Cluster", name="c", network="net")
    layout.endpoint.write_text(endpoint.replace("127.0.0.1:1", "127.0.0.1:2"))
    found = cloud.read(cluster.type, cluster.id, cluster.inputs)
    assert found is not None
    assert found[0].outputs["endpoint"] == "127.0.0.1:2"
    assert found[1] == cluster.inputs
    layout.endpoint.unlink()
    with pytest.raises(ClusterUnreachable):
        cloud.read(cluster.type, cluster.id, cluster.inputs)


@pytest.mark.parametrize("operation", ["create", "read", "update", "delete"])
def test_injected_failures_change_nothing(cloud: Cloud, make: Make, layout: Layout, operation: str) -> None:
    network = make("Network", name="net")
    before = cloud.store.all()
    fault = {"type": network.type, "operation": operation, "error": "permission-denied", "times": 1}
    faults.path(layout).write_text(json.dumps([fault]))
    work: dict[str, Callable[[], Any]] = {
        "create": lambda: make("Network", name="other"),
        "read": lambda: cloud.read(network.type, network.id),
        "update": lambda: run(cloud.update(network.type, "net", network.id, {"name": "net", "mtu": 8896})),
        "delete": lambda: run(cloud.delete(network.type, "net", network.id)),
    }
    with pytest.raises(Refused, match="Error 403"):
        work[operation]()
    assert cloud.store.all() == before
    work[operation]()


def test_a_wait_that_is_ended_leaves_nothing(cloud: Cloud, layout: Layout) -> None:
    async def cancelled(seconds: float, what: str) -> None:
        raise Refused(f"{what} was cancelled after {seconds:g} seconds")

    impatient = replace(cloud, pause=cancelled)
    with pytest.raises(Refused, match="create of network net was cancelled"):
        run(impatient.create(token("Network"), "net", {"name": "net"}))
    assert cloud.store.all() == []
    assert delays.operations(layout) == []


def test_a_corrupt_store_stops_with_the_file_s_name(cloud: Cloud, make: Make) -> None:
    network = make("Network", name="net")
    path = next(cloud.store.folder.glob("*.json"))
    path.write_text("{")
    with pytest.raises(StoreCorrupt, match=path.name):
        run(cloud.delete(network.type, "net", network.id))


def test_a_user_is_seen_before_the_wait_and_after_it(cloud: Cloud, make: Make, layout: Layout) -> None:
    network = make("Network", name="net")

    async def meanwhile(seconds: float, what: str) -> None:
        cloud.store.put(
            Record(
                type=token("Router"),
                id="projects/simulated/regions/r/routers/late",
                inputs={"network": "net"},
                outputs={"project": "simulated", "region": "r"},
            )
        )

    with pytest.raises(Refused, match="already being used by 'projects/simulated/regions/r/routers/late'"):
        run(replace(cloud, pause=meanwhile).delete(network.type, "net", network.id))
    assert cloud.store.get(network.id) == network
    waited = len(delays.operations(layout))
    with pytest.raises(Refused, match="already being used by"):
        run(cloud.delete(network.type, "net", network.id))
    assert len(delays.operations(layout)) == waited, "what is refused anyway must not cost minutes first"
