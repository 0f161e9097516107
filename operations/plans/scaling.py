"""What goes and what stays where a set of nodes gets smaller, said before anybody confirms it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from operations.facts import STATEFUL_SET, Action, Operation
from operations.node_sets import NodeSet, node_set
from operations.plans import losses

ADDRESS, RECORD = "gcp:compute/address:Address", "gcp:dns/recordSet:RecordSet"
GOING: Mapping[str, str] = {
    ADDRESS: "reserved address",
    RECORD: "DNS record",
    "kubernetes:core/v1:Service": "Service",
}
"""What a node has of its own outside its set, by type: the public half of its identity."""
KNOWN_BY: Mapping[str, str] = {ADDRESS: "address", RECORD: "name"}
"""The output by which others know it; the rest by its name in the program, which is that in the cluster."""
LISTED = 10
"""How many are named one by one; the list of changes names all of them."""


def scaled_down(changes: Iterable[Operation]) -> tuple[str, ...]:
    """Lines for a person; none where no set gets smaller."""
    listed = tuple(changes)
    smaller = [
        (before, after)
        for change in listed
        if change.type == STATEFUL_SET and change.before and change.after
        for before, after in [(node_set(change.before), node_set(change.after))]
        if after.replicas < before.replicas
    ]
    if not smaller:
        return ()
    lines: list[str] = []
    for before, after in smaller:
        lines.append(f"{after.name} scales down from {before.replicas} to {after.replicas} nodes:")
        # A cluster that goes takes the claims along: its losses say so.
        if not losses.takes_the_cluster(losses.losses(listed)):
            lines += [f"  {line}" for line in claims(before, after)]
    return (*lines, *(f"  {line}" for line in gone(listed)))


def gone(changes: Iterable[Operation]) -> list[str]:
    """The addresses, records and Services that the plan deletes."""
    lines, listed = [], tuple(changes)
    for type, noun in GOING.items():
        going = [one for one in listed if one.type == type and one.action is Action.DELETE]
        going.sort(key=lambda one: by_number(one.name))
        names = [one.held.get(KNOWN_BY.get(type, "")) or one.name for one in going]
        more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
        if names:
            others = "; scaling up again reserves others" if type == ADDRESS else ""
            lines.append(f"goes {noun} {', '.join(names[:LISTED])}{more}{others}")
    return lines


def claims(before: NodeSet, after: NodeSet) -> list[str]:
    """What becomes of the claims of the nodes that go."""
    first, last = after.first + after.replicas, before.first + before.replicas - 1
    lines = []
    for template in before.templates:
        names = [f"{template}-{after.name}-{ordinal}" for ordinal in sorted({first, last})]
        named = f"claim{'s' if len(names) > 1 else ''} {' to '.join(names)}"
        if after.claims_go_when_scaled:
            lines.append(f"goes {named}; the reclaim policy of their class says whether disks and data go too")
        else:
            lines.append(
                f"stays {named}: disk and data are kept and billed, until the claim is deleted by hand; "
                "scaling up again takes them back, and the nodes have the identities that they had"
            )
    return lines


def by_number(name: str) -> tuple[int, str]:
    """Sorts `p2p-node-2-address` before `p2p-node-10-address`."""
    numbers = [int(part) for part in name.split("-") if part.isdecimal()]
    return (numbers[-1] if numbers else -1, name)
