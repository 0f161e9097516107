"""What is there without being anybody's resource."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.simulator.catalogue import rows
from sandbox.simulator.cloud import Cloud
from sandbox.simulator.errors import Refused
from sandbox.simulator.given import ASSUMED, given
from sandbox.simulator.references import ADDRESS, MANAGED_ZONE
from tests.sandbox.simulator.lives import Make, token

ZONE = rows()[MANAGED_ZONE]
RECORD: dict[str, Any] = {
    "managedZone": "nodes",
    "name": "a.nodes.example.org.",
    "type": "A",
    "ttl": 300,
    "rrdatas": ["198.51.100.2"],
}


@pytest.mark.parametrize("project", ["p", "q"])
def test_a_zone_of_somebody_else_is_in_every_project(project: str) -> None:
    found = given(ZONE, f"projects/{project}/managedZones/nodes")
    assert found
    assert (found["name"], found["project"], found["dnsName"]) == ("nodes", project, "nodes.example.org.")
    assert found["nameServers"] == ZONE.outputs["nameServers"]


def test_nothing_else_is() -> None:
    assert given(ZONE, "projects/p/managedZones/other") is None
    assert given(ZONE, "projects/p/managedZones/nodes/rrsets/a") is None
    assert given(rows()[ADDRESS], "projects/p/regions/r/addresses/nodes") is None


def test_where_nobody_can_be_asked_every_zone_is_there_and_holds_every_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ASSUMED, "true")
    for name in ("nodes", "other"):
        found = given(ZONE, f"projects/p/managedZones/{name}")
        assert found
        assert (found["name"], found["dnsName"]) == (name, ".")


def test_records_are_made_in_it_though_this_project_enabled_no_api(cloud: Cloud, make: Make) -> None:
    cloud.plan(token("RecordSet"), RECORD)
    made = make("RecordSet", **RECORD, project="dns-team")
    assert made.id == "projects/dns-team/managedZones/nodes/rrsets/a.nodes.example.org./A"
    assert [record.id for record in cloud.store.all()] == [made.id], "what is given is nobody's"


def test_a_zone_that_is_not_there_is_missed_by_a_preview_already(cloud: Cloud) -> None:
    missing = r"Error 404: The 'parameters\.managedZone' resource named 'gone' does not exist\., notFound"
    with pytest.raises(Refused, match=missing):
        cloud.plan(token("RecordSet"), {**RECORD, "managedZone": "gone"})
