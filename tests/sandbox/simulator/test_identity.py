"""Ids in Google's formats, and where a resource is."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.simulator.catalogue import rows
from sandbox.simulator.errors import Refused
from sandbox.simulator.identity import Defaults, region_of, relative, resource_id
from sandbox.simulator.paths import UNKNOWN

HERE = Defaults(project="p", region="europe-west4", zone="europe-west4-a")
RING = "projects/p/locations/europe/keyRings/r"
GRANT = {"role": "roles/r", "member": "user:a"}
CLUSTER = "projects/q/locations/l/clusters/c"


@pytest.mark.parametrize(
    ("kind", "inputs", "id"),
    [
        ("Network", {"name": "n"}, "projects/p/global/networks/n"),
        ("Network", {"name": "n", "project": "q"}, "projects/q/global/networks/n"),
        ("Network", {"name": UNKNOWN}, UNKNOWN),
        ("Subnetwork", {"name": "s"}, "projects/p/regions/europe-west4/subnetworks/s"),
        ("Subnetwork", {"name": "s", "region": "r"}, "projects/p/regions/r/subnetworks/s"),
        ("Router", {"name": "x"}, "projects/p/regions/europe-west4/routers/x"),
        ("RouterNat", {"name": "x", "router": "projects/p/regions/r/routers/y"}, "p/europe-west4/y/x"),
        ("RouterNat", {"name": "x", "router": UNKNOWN}, UNKNOWN),
        ("Firewall", {"name": "x"}, "projects/p/global/firewalls/x"),
        ("Address", {"name": "x"}, "projects/p/regions/europe-west4/addresses/x"),
        ("Cluster", {"name": "c", "location": "l"}, "projects/p/locations/l/clusters/c"),
        ("Cluster", {"name": "c"}, "projects/p/locations/europe-west4/clusters/c"),
        ("NodePool", {"name": "x", "cluster": CLUSTER}, "projects/p/locations/l/clusters/c/nodePools/x"),
        ("NodePool", {"name": "x", "cluster": "c"}, "projects/p/locations/europe-west4/clusters/c/nodePools/x"),
        ("Account", {"accountId": "a"}, "projects/p/serviceAccounts/a@p.iam.gserviceaccount.com"),
        ("Account", {"accountId": UNKNOWN}, UNKNOWN),
        ("IAMMember", {"project": "p", "role": "roles/r", "member": "user:a"}, "p/roles/r/user:a"),
        (
            "IAMMember",
            {"project": "p", "role": "roles/r", "member": "user:a", "condition": {"title": "t", "expression": "e"}},
            "p/roles/r/user:a/t",
        ),
        ("Service", {"service": "compute.googleapis.com"}, "p/compute.googleapis.com"),
        ("KeyRing", {"name": "r", "location": "europe"}, RING),
        ("CryptoKey", {"name": "k", "keyRing": RING}, f"{RING}/cryptoKeys/k"),
        ("CryptoKey", {"name": "k", "keyRing": "p/europe/r"}, f"{RING}/cryptoKeys/k"),
        ("CryptoKey", {"name": "k", "keyRing": "europe/r"}, f"{RING}/cryptoKeys/k"),
        ("CryptoKey", {"name": "k", "keyRing": UNKNOWN}, UNKNOWN),
        ("CryptoKeyIAMMember", {"cryptoKeyId": "europe/r/k", **GRANT}, f"{RING}/cryptoKeys/k/roles/r/user:a"),
        ("CryptoKeyIAMMember", {"cryptoKeyId": UNKNOWN, **GRANT}, UNKNOWN),
        ("Metric", {"name": "proxy/requests", "project": "q"}, "proxy/requests"),
        ("Bucket", {"name": "b", "location": "EU"}, "b"),
        ("BucketIAMMember", {"bucket": "b/x", **GRANT}, "b/x/roles/r/user:a"),
        ("BucketIAMMember", {"bucket": UNKNOWN, **GRANT}, UNKNOWN),
    ],
)
def test_ids(kind: str, inputs: dict[str, Any], id: Any) -> None:
    row = next(row for token, row in rows().items() if token.endswith(f":{kind}"))
    assert resource_id(row, inputs, HERE) == id


@pytest.mark.parametrize(
    ("kind", "defaults", "says"),
    [
        ("Network", Defaults(), "project: required field is not set"),
        ("Subnetwork", Defaults(project="p"), "Cannot determine region"),
        ("Cluster", Defaults(project="p"), "Cannot determine location"),
    ],
)
def test_a_place_that_cannot_be_told_is_refused(kind: str, defaults: Defaults, says: str) -> None:
    row = next(row for token, row in rows().items() if token.endswith(f":{kind}"))
    with pytest.raises(Refused, match=says):
        resource_id(row, {"name": "x"}, defaults)


def test_the_zone_tells_the_region() -> None:
    zonal = Defaults(project="p", zone="europe-west4-b")
    subnetwork, cluster = rows()["gcp:compute/subnetwork:Subnetwork"], rows()["gcp:container/cluster:Cluster"]
    assert "/regions/europe-west4/" in resource_id(subnetwork, {"name": "s"}, zonal)
    assert "/locations/europe-west4-b/" in resource_id(cluster, {"name": "c"}, zonal)
    assert region_of("europe-west4") == "europe-west4"


@pytest.mark.parametrize(
    "link",
    [
        "projects/p/global/networks/n",
        "https://www.googleapis.com/compute/v1/projects/p/global/networks/n",
        "https://www.googleapis.com/compute/beta/projects/p/global/networks/n",
        "https://compute.googleapis.com/compute/v1/projects/p/global/networks/n",
    ],
)
def test_links_without_their_host(link: str) -> None:
    assert relative(link) == "projects/p/global/networks/n"
