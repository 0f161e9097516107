"""Pending operations: what happened is taken in, what did not is made again, the rest is repeated."""

from operations.facts import PendingOperation
from operations.plans import recovery


def test_each_pending_operation_is_settled_once() -> None:
    pending = [
        PendingOperation(urn="urn:created", kind="creating"),
        PendingOperation(urn="urn:lost", kind="creating"),
        PendingOperation(urn="urn:changed", kind="updating"),
        PendingOperation(urn="urn:deleted", kind="deleting"),
    ]
    plan = recovery.plan(pending, {"urn:created": "projects/p/global/networks/n", "urn:changed": "ignored"})
    assert plan.adopt == {"urn:created": "projects/p/global/networks/n"}
    assert plan.forget == ("urn:lost",)
    assert plan.repeat == ("urn:changed", "urn:deleted")
    assert plan.needed


def test_nothing_pending_needs_nothing() -> None:
    assert not recovery.plan([], {}).needed
