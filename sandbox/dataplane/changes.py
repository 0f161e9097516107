"""What a planner asks for: changes to objects and records, and the simulated wait that comes before them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sandbox.simulator.store import Record

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Create:
    """Create an object. One that exists already counts as created."""

    kind: str
    body: Json


@dataclass(frozen=True, kw_only=True)
class Patch:
    """Merge-patch an object. One that is gone already is left alone."""

    kind: str
    namespace: str
    name: str
    body: Json
    subresource: Literal["", "status"] = ""


@dataclass(frozen=True, kw_only=True)
class Delete:
    """Delete an object. One that is gone already counts as deleted."""

    kind: str
    namespace: str
    name: str


@dataclass(frozen=True, kw_only=True)
class PutRecord:
    """Write a resource of the simulated cloud."""

    record: Record


@dataclass(frozen=True, kw_only=True)
class DropRecord:
    """Remove a resource of the simulated cloud."""

    id: str


@dataclass(frozen=True, kw_only=True)
class Emit:
    """A Kubernetes Event on `about`, an object with `apiVersion`, `kind` and `metadata`; said once a text."""

    about: Json
    reason: str
    message: str
    type: Literal["Normal", "Warning"] = "Normal"
    component: str


Change = Create | Patch | Delete | PutRecord | DropRecord | Emit


@dataclass(frozen=True, kw_only=True)
class Wait:
    """A row of the delay table, counted from `since` (RFC 3339), or from when this process first saw the need.

    `key` tells two waits for the same row apart. `about` names the object for people: `Service p2p-node/p2p-node-0`.
    `real_floor` is the least real time in seconds, for waits that must not outrun the control plane, which runs in
    real time at any speed.
    """

    row: str
    key: str
    about: str
    since: str | None = None
    real_floor: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Action:
    """Changes that belong together, in order. A failed change stops those after it; the next round plans anew."""

    changes: tuple[Change, ...]
    wait: Wait | None = None


def describe(change: Change) -> str:
    """What a change does and to what: `create Node n`."""
    match change:
        case Create():
            return f"create {name_of(change.body)}"
        case Patch() | Delete():
            where = f"{change.namespace}/" if change.namespace else ""
            return f"{type(change).__name__.lower()} {change.kind} {where}{change.name}"
        case PutRecord():
            return f"record {change.record.id}"
        case DropRecord():
            return f"remove the record {change.id}"
        case Emit():
            return f"say {change.reason} of {name_of(change.about)}"


def name_of(value: Json) -> str:
    """`Kind namespace/name`, or `Kind name` for an object without a namespace."""
    metadata = value["metadata"]
    namespace = metadata.get("namespace")
    return f"{value['kind']} {namespace + '/' if namespace else ''}{metadata['name']}"


def finalizers_body(value: Json, finalizers: list[str]) -> Json:
    """A patch of an object's finalizers. It conflicts if the object changed meanwhile: others write that list too."""
    return {"metadata": {"finalizers": finalizers, "resourceVersion": value["metadata"]["resourceVersion"]}}
