"""Injected failures: Google's words, counted, and clear about a bad file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.layout import Layout
from sandbox.simulator import faults
from sandbox.simulator.catalogue import rows
from sandbox.simulator.errors import Refused
from sandbox.simulator.store import Store

NETWORK = rows()["gcp:compute/network:Network"]
MEMBER = rows()["gcp:projects/iAMMember:IAMMember"]
ID = "projects/p/global/networks/n"


def inject(layout: Layout, *found: Any) -> None:
    layout.simulator.mkdir(exist_ok=True)
    faults.path(layout).write_text(json.dumps(list(found)))


def fault(**changed: Any) -> dict[str, Any]:
    return {"type": NETWORK.token, "operation": "create", "error": "permission-denied", **changed}


@pytest.mark.parametrize(
    ("changed", "operation", "message"),
    [
        ({}, "create", f"googleapi: Error 403: Required 'compute.networks.create' permission for '{ID}', forbidden"),
        (
            {"operation": "read"},
            "read",
            f"googleapi: Error 403: Required 'compute.networks.get' permission for '{ID}', forbidden",
        ),
        (
            {"error": "quota-exceeded"},
            "create",
            "googleapi: Error 403: Quota 'SSD_TOTAL_GB' exceeded. Limit: 500.0 in region r., quotaExceeded",
        ),
        (
            {"error": "timeout"},
            "create",
            "Error waiting for creating network: timeout while waiting for state to become 'DONE'",
        ),
        (
            {"error": "timeout", "operation": "delete", "type": "*"},
            "delete",
            "Error waiting for deleting network: timeout while waiting for state to become 'DONE'",
        ),
    ],
)
def test_messages(layout: Layout, store: Store, changed: dict[str, Any], operation: str, message: str) -> None:
    inject(layout, fault(**changed))
    with pytest.raises(Refused) as refused:
        faults.strike(layout, store, NETWORK, operation, ID, "r")
    assert str(refused.value) == message


def test_only_what_is_asked_for_fails(layout: Layout, store: Store) -> None:
    faults.strike(layout, store, NETWORK, "create", ID, None)
    inject(layout, fault())
    faults.strike(layout, store, NETWORK, "update", ID, None)
    faults.strike(layout, store, MEMBER, "create", "x", None)


def test_times_are_counted_and_then_it_works(layout: Layout, store: Store) -> None:
    inject(layout, fault(times=2), fault(operation="delete"))
    for _ in range(2):
        with pytest.raises(Refused):
            faults.strike(layout, store, NETWORK, "create", ID, None)
    faults.strike(layout, Store(layout), NETWORK, "create", ID, None)
    with pytest.raises(Refused):
        faults.strike(layout, store, NETWORK, "delete", ID, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "Expecting property name"),
        ("{}", "it is not a list"),
        ("[1]", "entry 0 has not the right keys"),
        (json.dumps([{"type": "x"}]), "entry 0 has not the right keys"),
        (json.dumps([fault(), fault(extra=1)]), "entry 1 has not the right keys"),
        (json.dumps([fault(operation="invent")]), "the operation 'invent'"),
        (json.dumps([fault(error="fire")]), "the error 'fire'"),
        (json.dumps([fault(times="two")]), "times 'two'"),
        (json.dumps([fault(times=-1)]), "times -1"),
    ],
)
def test_a_malformed_file_says_what_it_must_hold(layout: Layout, store: Store, text: str, says: str) -> None:
    layout.simulator.mkdir()
    faults.path(layout).write_text(text)
    with pytest.raises(faults.FaultsMalformed) as refused:
        faults.strike(layout, store, NETWORK, "create", ID, None)
    message = str(refused.value)
    assert says in message
    assert str(faults.path(layout)) in message
    assert "permission-denied, quota-exceeded, timeout" in message
