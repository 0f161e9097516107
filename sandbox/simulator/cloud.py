"""The simulated cloud: check, plan, create, read, update and delete of every type in the catalogue, on plain values."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.layout import Layout
from sandbox.simulator import delays, differences, errors, faults, inputs, normal, references, render
from sandbox.simulator.catalogue import Catalogue, Entry
from sandbox.simulator.check import Problem
from sandbox.simulator.clock import Speed
from sandbox.simulator.differences import Change
from sandbox.simulator.facts import Asked
from sandbox.simulator.identity import Defaults, derived, last, region_of, resource_id
from sandbox.simulator.paths import covers
from sandbox.simulator.store import Record, Store
from sandbox.simulator.survival import left_behind, survives

Values = dict[str, Any]
Pause = Callable[[float, str], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """`defaults` is the provider's configuration; `pause(real seconds, what)` waits and may raise to end the wait.

    `planned` are the ids that this process has promised in a preview: what refers to them there is in order.
    """

    layout: Layout
    store: Store
    catalogue: Catalogue
    defaults: Defaults
    speed: Speed
    pause: Pause
    planned: set[str] = field(default_factory=set)

    def check(self, type: str, name: str, given: Values, old: Values, seed: bytes) -> tuple[Values, list[Problem]]:
        """The inputs to go on with, and what is wrong with them. Raises TypeNotSimulated."""
        entry = self.catalogue.entry(type)
        checked = inputs.named(entry, name, given, old, seed)
        return checked, inputs.refusals(entry, checked)

    def diff(
        self, type: str, old: Values, new: Values, state: Values | None = None, ignored: Collection[str] = ()
    ) -> list[Change]:
        """What changed between two sets of checked inputs, and what of it replaces the resource.

        With the outputs `state`, the old inputs are taken as Google wrote them back, as the official provider does. The
        paths `ignored` and all below them are left out.
        """
        entry = self.catalogue.entry(type)
        before = self._seen(entry, old, state) if state else old
        found = differences.changes(
            self._compared(entry, before), self._compared(entry, new), immutables=entry.immutables, sets=entry.row.sets
        )
        return [change for change in found if not any(covers(f"{path}.**", change.path) for path in ignored)]

    def same_name(self, type: str, name: str, id: str, new: Values) -> bool:
        """Whether a replacement with the inputs `new` would get the id of the resource that it replaces."""
        entry = self.catalogue.entry(type)
        rule = entry.row.autoname
        if rule and inputs.made_up(rule, name, str(new.get(rule.property))):
            return False
        return bool(resource_id(entry.row, new, self.defaults) == id)

    def plan(self, type: str, new: Values, previous: tuple[Values, Values] | None = None) -> Values:
        """What an update can be promised to give; the rest is UNKNOWN. `previous` are the old inputs and outputs.

        Raises errors.Refused for a reference that is known and leads nowhere.
        """
        entry = self.catalogue.entry(type)
        place = self._place(entry, new)
        references.verify(entry.row, new, place, self.store, self.planned)
        if isinstance(id := resource_id(entry.row, new, self.defaults), str):
            self.planned.add(id)
        return render.planned(entry, self._written(entry, new, place), place, previous)

    async def create(self, type: str, name: str, given: Values) -> Record:
        """Create after the time it takes. Raises errors.Refused, StoreUnwritable; then nothing was created."""
        entry = self.catalogue.entry(type)
        asked = self._asked(entry, given)
        self._strike(entry, "create", asked.id, asked.place)
        self._verify_new(entry, given, asked)
        # Rendered before the wait too: what cannot be answered (no control plane) must not cost minutes first.
        render.outputs(entry, asked)
        await self._take(entry, name, "create")
        with self.store.exclusive():
            self._verify_new(entry, given, asked)
            record = Record(type=type, id=asked.id, inputs=given, outputs=render.outputs(entry, asked))
            self.store.put(record)
        return record

    def read(self, type: str, id: str, given: Values | None = None) -> tuple[Record, Values] | None:
        """The resource and the inputs that it shows now; None when it is gone.

        `given` are the inputs of the state; without them (an import) those that the simulator knows are used.
        """
        entry = self.catalogue.entry(type)
        with self.store.exclusive():
            record = self.store.get(id)
            if record is None or record.type != type:
                return None
            self._strike(entry, "read", id, self._place(entry, record.inputs))
            fresh = replace(record, outputs=render.reread(entry, self._asked(entry, record.inputs), record.outputs))
            if fresh != record:
                self.store.put(fresh)
        wanted = given or record.inputs
        return fresh, self._seen(entry, wanted, fresh.outputs)

    async def update(self, type: str, name: str, id: str, new: Values) -> Record:
        """Change in place after the time it takes. Raises errors.Refused, StoreUnwritable; then nothing was changed."""
        entry = self.catalogue.entry(type)
        asked = replace(self._asked(entry, new), id=id)
        self._strike(entry, "update", id, asked.place)
        if self.store.get(id) is None:
            raise errors.not_found(id)
        references.verify(entry.row, new, asked.place, self.store)
        await self._take(entry, name, "update")
        with self.store.exclusive():
            old = self.store.get(id)
            if old is None:
                raise errors.not_found(id)
            record = replace(old, inputs=new, outputs=render.outputs(entry, asked, old.outputs))
            self.store.put(record)
        return record

    async def delete(self, type: str, name: str, id: str) -> None:
        """Delete, with what it owns, after the time it takes; one that is gone already is no error.

        What outlives its deletion is kept, as the row says.

        Raises errors.Refused when it is protected or still used, StoreUnwritable; then nothing was deleted.
        """
        entry = self.catalogue.entry(type)
        record = self.store.get(id)
        if record is None:
            return
        self._strike(entry, "delete", id, self._place(entry, record.inputs))
        if entry.row.protection and record.outputs.get(entry.row.protection) is True:
            raise errors.protected(entry.row.protection)
        policy = record.outputs.get("deletionPolicy")
        if policy == "PREVENT":
            raise errors.prevented(entry.row.article, id)
        if policy == "ABANDON":
            return
        self._verify_unused(entry, record)
        await self._take(entry, name, "delete")
        with self.store.exclusive():
            self._verify_unused(entry, record)
            if survives(entry.row, record):
                self.store.put(left_behind(entry.row, record))
                return
            # With `force`, what would have held it goes too.
            for user, rule in list(references.users(record, self.store)):
                if rule and rule.owned:
                    self.store.delete(user.id)
            self.store.delete(id)

    def _place(self, entry: Entry, given: Values) -> Values:
        place = self.defaults.place(entry.row, given)
        return {**place, **derived(given, place)}

    def _written(self, entry: Entry, given: Values, place: Values) -> Values:
        return normal.written_back(entry.row, references.written_back(entry.row, given, place))

    def _compared(self, entry: Entry, given: Values) -> Values:
        return normal.compared(entry.row, references.written_back(entry.row, given, self._place(entry, given)))

    def _seen(self, entry: Entry, given: Values, outputs: Values) -> Values:
        """The inputs `given` as the official provider shows them once Google has answered `outputs`."""
        seen: Values = inputs.observed(self._compared(entry, given), given, outputs, entry.row.sets)
        return normal.appeared(entry.row, seen, outputs)

    def _asked(self, entry: Entry, given: Values) -> Asked:
        place = self._place(entry, given)
        written = self._written(entry, given, place)
        id = str(resource_id(entry.row, given, self.defaults))
        return Asked(layout=self.layout, store=self.store, id=id, place=place, inputs=written)

    def _verify_new(self, entry: Entry, given: Values, asked: Asked) -> None:
        references.verify(entry.row, given, asked.place, self.store)
        references.verify_enabled(entry.row, asked.place, self.store, given)
        adopts = entry.row.adopts or given.get("createIgnoreAlreadyExists") is True
        if not adopts and self.store.get(asked.id) is not None:
            if entry.row.survives:
                raise errors.still_there(entry.row.article, asked.id)
            raise errors.already_exists(asked.id, self.store.file(asked.id))

    def _verify_unused(self, entry: Entry, record: Record) -> None:
        forced = entry.row.force is not None and record.outputs.get(entry.row.force) is True
        for user, rule in references.users(record, self.store):
            if rule and rule.owned and rule.holds and not forced:
                raise errors.not_empty(last(record.id))
            if rule is None or (rule.holds and not rule.owned):
                raise errors.in_use(entry.row.article, record.id, user.id)

    def _strike(self, entry: Entry, operation: str, id: str, place: Values) -> None:
        where = place.get("region") or place.get("location")
        region = region_of(where) if isinstance(where, str) else None
        faults.strike(self.layout, self.store, entry.row, operation, id, region)

    async def _take(self, entry: Entry, name: str, operation: str) -> None:
        simulated = delays.seconds(entry.row.token, operation)
        started = time.monotonic()
        if simulated > 0:
            await self.pause(self.speed.real(simulated), f"{operation} of {entry.row.article} {name}")
        real = time.monotonic() - started
        delays.record(self.layout, type=entry.row.token, name=name, operation=operation, simulated=simulated, real=real)
