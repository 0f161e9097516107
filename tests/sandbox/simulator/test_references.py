"""References: every form that Google takes, what is missing, and who uses whom."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.simulator import references
from sandbox.simulator.catalogue import rows
from sandbox.simulator.errors import Refused
from sandbox.simulator.paths import UNKNOWN
from sandbox.simulator.store import Record, Store

PLACE: dict[str, Any] = {"project": "p", "region": "r", "location": "r"}
SUBNETWORK = rows()["gcp:compute/subnetwork:Subnetwork"]
CLUSTER = rows()["gcp:container/cluster:Cluster"]
MEMBER = rows()["gcp:projects/iAMMember:IAMMember"]
NAT = rows()["gcp:compute/routerNat:RouterNat"]
NETWORK_ID = "projects/p/global/networks/n"
SUBNETWORK_ID = "projects/p/regions/r/subnetworks/s"


def a_network(store: Store, name: str = "n") -> None:
    store.put(
        Record(type="gcp:compute/network:Network", id=f"projects/p/global/networks/{name}", inputs={}, outputs={})
    )


def a_subnetwork(store: Store) -> None:
    outputs = {"network": NETWORK_ID, "secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": "10.0.0.0/8"}]}
    inputs = {"network": "n"}
    store.put(Record(type=SUBNETWORK.token, id=SUBNETWORK_ID, inputs=inputs, outputs={**outputs, **PLACE}))


@pytest.mark.parametrize(
    "name",
    [
        "n",
        NETWORK_ID,
        f"https://www.googleapis.com/compute/v1/{NETWORK_ID}",
        f"https://www.googleapis.com/compute/beta/{NETWORK_ID}",
    ],
)
def test_every_form_leads_to_the_same_resource(store: Store, name: str) -> None:
    a_network(store)
    references.verify(SUBNETWORK, {"network": name}, PLACE, store)
    written = references.written_back(SUBNETWORK, {"network": name}, PLACE)
    assert written == {"network": f"https://www.googleapis.com/compute/v1/{NETWORK_ID}"}
    assert references.written_back(CLUSTER, {"network": name}, PLACE) == {"network": NETWORK_ID}


def test_partial_links_and_lists(store: Store) -> None:
    found = references.links(NAT, {"router": "x", "subnetworks": [{"name": "regions/q/subnetworks/s"}]}, PLACE)
    assert {link.path: link.id for link in found} == {
        "router": "projects/p/regions/r/routers/x",
        "subnetworks[0].name": "projects/p/regions/q/subnetworks/s",
    }


def test_what_is_missing_is_named_in_googles_words(store: Store) -> None:
    with pytest.raises(Refused) as refused:
        references.verify(SUBNETWORK, {"network": "n"}, PLACE, store)
    assert str(refused.value) == (
        "googleapi: Error 404: The resource 'projects/p/global/networks/n' was not found, notFound"
    )


def test_unknown_passes_and_so_does_what_the_preview_creates(store: Store) -> None:
    references.verify(SUBNETWORK, {"network": UNKNOWN}, PLACE, store)
    references.verify(SUBNETWORK, {"network": "n"}, PLACE, store, planned={NETWORK_ID})
    references.verify(SUBNETWORK, {"network": "n"}, {**PLACE, "project": UNKNOWN}, store)


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        (
            {"network": "other", "subnetwork": "s"},
            'Subnetwork "projects/p/regions/r/subnetworks/s" is not valid for Network "other"',
        ),
        (
            {"network": "n", "subnetwork": "s", "ipAllocationPolicy": {"clusterSecondaryRangeName": "pod"}},
            "secondary range 'pod' does not exist in subnetwork 'projects/p/regions/r/subnetworks/s'",
        ),
        (
            {"nodeConfig": {"serviceAccount": "a@p.iam.gserviceaccount.com"}},
            'Service account "a@p.iam.gserviceaccount.com" does not exist',
        ),
    ],
)
def test_what_does_not_fit_a_cluster(store: Store, inputs: dict[str, Any], says: str) -> None:
    a_network(store)
    a_network(store, "other")
    a_subnetwork(store)
    with pytest.raises(Refused) as refused:
        references.verify(CLUSTER, inputs, PLACE, store)
    assert says in str(refused.value)
    assert "Error 400" in str(refused.value)


@pytest.mark.parametrize(
    "member",
    ["user:someone@example.org", "allUsers", "serviceAccount:a@elsewhere.iam.gserviceaccount.com", UNKNOWN],
)
def test_members_that_cannot_be_known_here(store: Store, member: Any) -> None:
    references.verify(MEMBER, {"member": member}, PLACE, store)


def test_an_identity_pool_comes_with_its_cluster(store: Store) -> None:
    member = {"member": "serviceAccount:p.svc.id.goog[ns/account]"}
    with pytest.raises(Refused, match=r"Identity Pool does not exist \(p.svc.id.goog\)"):
        references.verify(MEMBER, member, PLACE, store)
    references.verify(MEMBER, member, PLACE, store, planned=set())
    pool = {"workloadIdentityConfig": {"workloadPool": "p.svc.id.goog"}}
    store.put(Record(type=CLUSTER.token, id="projects/p/locations/r/clusters/c", inputs={}, outputs=pool))
    references.verify(MEMBER, member, PLACE, store)


def test_users_are_what_refers_and_what_the_data_plane_put_there(store: Store) -> None:
    a_network(store)
    a_subnetwork(store)
    rule = Record(
        type="gcp:compute/forwardingRule:ForwardingRule",
        id="projects/p/regions/r/forwardingRules/f",
        inputs={},
        outputs={"subnetwork": f"https://www.googleapis.com/compute/v1/{SUBNETWORK_ID}"},
        origin="data-plane",
    )
    store.put(rule)
    network, subnetwork = store.get(NETWORK_ID), store.get(SUBNETWORK_ID)
    assert network is not None
    assert subnetwork is not None
    assert [user.id for user, _ in references.users(network, store)] == [SUBNETWORK_ID]
    assert list(references.users(subnetwork, store)) == [(rule, None)]
