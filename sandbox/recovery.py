"""What an earlier command that was killed left behind, and settling it before the next one."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from pathlib import Path

import psutil

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.errors import OperationError
from operations.facts import PendingOperation, name_of
from operations.plans import recovery
from sandbox.layout import Layout
from sandbox.simulator.catalogue import rows
from sandbox.simulator.errors import Refused
from sandbox.simulator.identity import Defaults, resource_id
from sandbox.simulator.rules import Row
from sandbox.simulator.store import Record, Store

PLACES = ("region", "location", "cluster_location")
"""What the parts of ids that say where something is are called in the catalogue."""


def release(layout: Layout, console: Console) -> None:
    """Removes the lock of an engine that is gone, and what it left half written beside the state.

    Raises:
        OperationError: an engine of an earlier command is still at work.
    """
    for lock in locks(layout):
        holder = holder_of(lock)
        if holder and running_engine(holder):
            raise OperationError(
                f"The engine of an earlier command (process {holder}) is still at work on this stack. Nothing was "
                f"changed. Wait for it to end, or end it with `kill -INT {holder}`, and run the command again."
            )
        console.say(f"found: the lock of an engine that is gone (process {holder or 'unknown'}); removed")
        lock.unlink(missing_ok=True)
        # Beside each file the backend keeps one of attributes and writes it in place. It does without where there is
        # none, and with half of one it reads no state at all.
        for attributes in (layout.engine / "state" / ".pulumi").rglob("*.attrs"):
            if not readable(attributes):
                console.say("found: a state that was being written when the engine was killed; it is whole")
                attributes.unlink()


def settle(layout: Layout, engine: Engine, console: Console) -> None:
    """Says what an earlier run left unfinished and makes the state ready for the next one. After `release`."""
    if not marked(layout):
        return
    pending = engine.pending()
    known = {resource.id for resource in engine.resources()}
    plan = recovery.plan(pending, found(pending, Store(layout).all(), known))
    if not plan.needed:
        return
    console.say("found: an update that was killed in the middle. Everything it finished is in the state.")
    for urn, identity in plan.adopt.items():
        console.say(f"  {name_of(urn)} was created ({identity}): taken into the state")
    for urn in plan.forget:
        console.say(f"  {name_of(urn)} was begun and not created: it is made again")
    for urn in plan.repeat:
        console.say(f"  {name_of(urn)} was being changed: the change is repeated")
    engine.settle(plan, notice=console.say)


def found(
    pending: Iterable[PendingOperation], records: Iterable[Record], known: Collection[str] = ()
) -> dict[str, str]:
    """The simulated resources that exist although the state only knows that they were begun: URN to id.

    `known` are the ids that the state holds already: they belong to other resources. Kubernetes objects are not looked
    up: creating one again is the same server-side apply.
    """
    unknown = [record for record in records if record.id not in known]
    return {operation.urn: record.id for operation in pending for record in unknown if made_from(record, operation)}


def made_from(record: Record, operation: PendingOperation) -> bool:
    """Whether this is what the operation was to create: the same type, and the id that Google gives to its inputs."""
    row = rows().get(operation.type)
    if row is None or record.type != operation.type:
        return False
    try:
        return bool(resource_id(row, dict(operation.inputs), place_of(row, record.id)) == record.id)
    except (Refused, KeyError):
        # The state's inputs do not say what identifies it.
        return False


def place_of(row: Row, id: str) -> Defaults:
    """Project and region of an id: what the provider's configuration adds to the inputs of the state."""
    pieces = re.split(r"\{(\w+)\}", row.id)
    patterns = [re.escape(piece) for piece in pieces]
    patterns[1::2] = [f"(?P<{name}>{'[^/]+' if name == 'project' else '.*'})" for name in pieces[1::2]]
    parts = match.groupdict() if (match := re.fullmatch("".join(patterns), id)) else {}
    return Defaults(project=parts.get("project"), region=next((parts[name] for name in PLACES if name in parts), None))


def marked(layout: Layout) -> bool:
    """Whether the state has pending operations, without asking the engine, which takes a second to say no."""
    return any('"pending_operations"' in path.read_text(errors="replace") for path in states(layout))


def states(layout: Layout) -> list[Path]:
    """The file backend's files of state."""
    return sorted((layout.engine / "state" / ".pulumi" / "stacks").rglob("*.json"))


def readable(file: Path) -> bool:
    """Whether a file of the backend is there and whole."""
    try:
        json.loads(file.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def locks(layout: Layout) -> list[Path]:
    """The file backend's lock files."""
    return sorted((layout.engine / "state" / ".pulumi" / "locks").rglob("*.json"))


def holder_of(lock: Path) -> int | None:
    """The process that took the lock; None where the file does not say."""
    try:
        return int(json.loads(lock.read_text())["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def running_engine(pid: int) -> bool:
    """Whether this process exists and is an engine, not another program that got the same id later."""
    try:
        return psutil.Process(pid).name() == "pulumi"
    except psutil.Error:
        return False
