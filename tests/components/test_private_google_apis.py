from __future__ import annotations

import pytest

from tests.program_mocks import World, of_settings

ZONE = "gcp:dns/managedZone:ManagedZone"
RECORDS = "gcp:dns/recordSet:RecordSet"
LAST = {"private": (8, 9, 10, 11), "restricted": (4, 5, 6, 7)}


def world(addresses: str) -> World:
    return of_settings({"network": {"google_apis": addresses}, "node": {"exposure": "none"}})


@pytest.mark.parametrize("addresses", ["private", "restricted"])
def test_every_name_below_a_domain_leads_to_addresses_inside_google(addresses: str) -> None:
    records = {
        (one.inputs["name"], one.inputs["type"]): one.inputs["rrdatas"]
        for one in world(addresses).of_type(RECORDS)
        if one.name.startswith("network-google-apis-")
    }
    inside = [f"199.36.153.{last}" for last in LAST[addresses]]
    assert records == {
        (f"{addresses}.googleapis.com.", "A"): inside,
        ("*.googleapis.com.", "CNAME"): [f"{addresses}.googleapis.com."],
        ("gcr.io.", "A"): inside,
        ("*.gcr.io.", "CNAME"): ["gcr.io."],
        ("pkg.dev.", "A"): inside,
        ("*.pkg.dev.", "CNAME"): ["pkg.dev."],
        ("gke.goog.", "A"): inside,
        ("*.gke.goog.", "CNAME"): ["gke.goog."],
    }


def test_the_zones_are_seen_in_the_network_alone() -> None:
    zones = world("private").of_type(ZONE)
    assert sorted(one.inputs["dnsName"] for one in zones) == ["gcr.io.", "gke.goog.", "googleapis.com.", "pkg.dev."]
    for zone in zones:
        assert zone.inputs["visibility"] == "private"
        assert zone.inputs["privateVisibilityConfig"] == {"networks": [{"networkUrl": "network-vpc-id"}]}


def test_public_means_no_zone() -> None:
    assert world("public").of_type(ZONE) == []
