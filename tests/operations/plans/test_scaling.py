"""Scaling down says what goes and what stays."""

from dataclasses import replace

import pytest

from operations.facts import CLUSTER, Action, Operation
from operations.plans.scaling import scaled_down
from tests.operations.sets import inputs, replaced

ADDRESS, RECORD, SERVICE = "gcp:compute/address:Address", "gcp:dns/recordSet:RecordSet", "kubernetes:core/v1:Service"


def change(type: str, name: str, action: Action = Action.DELETE) -> Operation:
    held = {ADDRESS: {"address": f"IP of {name}"}, RECORD: {"name": f"{name}.example.org."}}.get(type, {})
    return Operation(urn=f"urn:pulumi:dev::p2p-nodes::{type}::{name}", action=action, held=held)


def of_nodes(*ordinals: int) -> list[Operation]:
    return [
        change(type, f"p2p-node-{ordinal}{suffix}")
        for ordinal in ordinals
        for type, suffix in ((ADDRESS, "-address"), (RECORD, "-record"), (SERVICE, ""))
    ]


def scaling(before: int, after: int, when_scaled: str = "Retain") -> Operation:
    return replaced(inputs(replicas=before, when_scaled=when_scaled), inputs(replicas=after, when_scaled=when_scaled))


def test_addresses_records_and_services_go_and_claims_stay() -> None:
    assert scaled_down([scaling(3, 2), *of_nodes(2)]) == (
        "p2p-node scales down from 3 to 2 nodes:",
        "  stays claim data-p2p-node-2: disk and data are kept and billed, until the claim is deleted by hand; "
        "scaling up again takes them back, and the nodes have the identities that they had",
        "  goes reserved address IP of p2p-node-2-address; scaling up again reserves others",
        "  goes DNS record p2p-node-2-record.example.org.",
        "  goes Service p2p-node-2",
    )


def test_what_does_not_go_is_not_named_and_what_has_no_address_yet_by_its_name() -> None:
    address = replace(change(ADDRESS, "p2p-node-1-address"), held={})
    said = scaled_down([scaling(2, 1), address, change(SERVICE, "p2p-node-0", Action.UPDATE)])
    going = [line for line in said if "goes" in line]
    assert going == ["  goes reserved address p2p-node-1-address; scaling up again reserves others"]


@pytest.mark.parametrize("action", [Action.REPLACE, Action.DELETE])
def test_claims_do_not_stay_where_their_cluster_goes(action: Action) -> None:
    said = scaled_down([scaling(3, 2), change(CLUSTER, "cluster", action), *of_nodes(2)])
    assert said[0] == "p2p-node scales down from 3 to 2 nodes:"
    assert "claim" not in "".join(said)
    assert "  goes Service p2p-node-2" in said


def test_many_are_named_from_first_to_last_and_the_first_ten() -> None:
    said = "\n".join(scaled_down([scaling(1000, 2), *of_nodes(*reversed(range(2, 1000)))]))
    assert "stays claims data-p2p-node-2 to data-p2p-node-999: " in said
    assert "goes Service p2p-node-2, p2p-node-3, " in said
    assert "p2p-node-11 and 988 more" in said


def test_claims_go_where_the_policy_says_so() -> None:
    [_, line] = scaled_down([scaling(2, 1, when_scaled="Delete")])
    assert line.startswith("  goes claim data-p2p-node-1;")


@pytest.mark.parametrize("changes", [[], [scaling(2, 2)], [scaling(2, 5)], of_nodes(1)])
def test_nothing_is_said_where_no_set_gets_smaller(changes: list[Operation]) -> None:
    assert scaled_down(changes) == ()
