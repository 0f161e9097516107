"""The daemon: looks at everything, lets the planners decide, carries out what is due; again on every change."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.dataplane import (
    attachments,
    growth,
    journal,
    load_balancers,
    nodes,
    pods,
    reclaim,
    snapshots,
    stockouts,
    volumes,
)
from sandbox.dataplane.api_server import ApiRefused, ApiServer, ApiUnreachable
from sandbox.dataplane.cache import Cache
from sandbox.dataplane.carry_out import CONFLICT, Hands
from sandbox.dataplane.changes import Action, describe
from sandbox.dataplane.delays import Delays
from sandbox.dataplane.facts import CLUSTER, Cluster, Facts, timestamp
from sandbox.dataplane.journal import Waited
from sandbox.dataplane.timers import Timers
from sandbox.layout import Layout
from sandbox.simulator.clock import Speed
from sandbox.simulator.store import Record, Store, StoreCorrupt, StoreUnwritable

SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"

# A burst of changes is looked at once. The store has no watch: its folder's time is looked at this often.
SETTLE_SECONDS = 0.05
LOOK_SECONDS = 0.25
RESYNC_SECONDS = 5.0
FAILURE_PAUSE_SECONDS = 1.0

PLANNERS: tuple[Callable[[Facts], list[Action]], ...] = (
    nodes.plan,
    volumes.plan,
    attachments.plan,
    growth.plan,
    reclaim.plan,
    snapshots.plan,
    load_balancers.plan,
)


class Daemon:
    """One data plane for one sandbox. Everything it knows is in the API server and in the store."""

    def __init__(self, layout: Layout, *, speed: Speed, delays: Delays) -> None:
        self._layout = layout
        self._speed = speed
        self._delays = delays
        self._server = ApiServer(layout.kubeconfig)
        self._cache = Cache(self._server)
        self._store = Store(layout)
        self._hands = Hands(self._server, self._cache, self._store)
        self._timers = Timers(delays, speed)
        self._stopping = False
        self._complaint = ""
        self._recorded = {f"{w.event} {w.object}" for w in journal.read(layout)}
        self._passed: set[str] = set()

    def stop(self) -> None:
        """End `run` within LOOK_SECONDS. Safe in a signal handler: it takes no lock, which `run` may be holding."""
        self._stopping = True

    def run(self) -> None:
        """Work until `stop`."""
        self._cache.start()
        next_look, stamp = 0.0, -1
        while not self._stopping:
            changed = self._cache.changed.wait(timeout=max(0.0, min(LOOK_SECONDS, next_look - time.monotonic())))
            now_stamp = self._store_stamp()
            if not changed and now_stamp == stamp and time.monotonic() < next_look:
                continue
            time.sleep(SETTLE_SECONDS)
            self._cache.changed.clear()
            stamp = now_stamp
            next_look = time.monotonic() + (self._round() if self._cache.complete else LOOK_SECONDS)
        self._cache.stop()

    def _round(self) -> float:
        """One look at everything. Returns the seconds until the next one, if nothing changes before."""
        pause = RESYNC_SECONDS
        try:
            facts = self._look()
            actions = [action for planner in PLANNERS for action in planner(facts)]
        except StoreCorrupt as corrupt:
            self._complain(str(corrupt))
            return FAILURE_PAUSE_SECONDS
        self._record_pods(facts)
        for action in actions:
            left = 0.0
            if action.wait is not None:
                left = self._timers.due(action.wait, time.time()).left
            if left > 0:
                pause = min(pause, left)
            elif not self._carry_out(action):
                pause = min(pause, FAILURE_PAUSE_SECONDS)
        self._timers.end_round(action.wait for action in actions if action.wait is not None)
        return pause

    def _carry_out(self, action: Action) -> bool:
        change = action.changes[0]
        try:
            for change in action.changes:
                self._hands.do(change)
        except ApiUnreachable as absent:
            self._complain(f"the API server does not answer: {absent}; trying again")
            return False
        except ApiRefused as refusal:
            # Somebody else changed the object meanwhile: the next round looks at it anew.
            if refusal.status != CONFLICT:
                self._complain(f"could not {describe(change)}: {refusal}; trying again")
            return False
        except StoreUnwritable as refusal:
            self._complain(f"could not {describe(change)}: {refusal}; trying again")
            return False
        self._complaint = ""
        if (wait := action.wait) is not None:
            taken = self._timers.due(wait, time.time()).taken
            self._record(row=wait.row, about=wait.about, real_seconds=taken)
        return True

    def _look(self) -> Facts:
        records = {record.id: record for record in self._store.all()}
        of = self._cache.objects
        return Facts(
            now=datetime.now(UTC),
            cluster=_cluster(records),
            pods=of("Pod"),
            nodes=of("Node"),
            services=of("Service"),
            claims=of("PersistentVolumeClaim"),
            volumes=of("PersistentVolume"),
            storage_classes=of("StorageClass"),
            attachments=of("VolumeAttachment"),
            drivers=of("CSIDriver"),
            csi_nodes=of("CSINode"),
            snapshots=of("VolumeSnapshot"),
            snapshot_contents=of("VolumeSnapshotContent"),
            snapshot_classes=of("VolumeSnapshotClass"),
            compute_classes=of("ComputeClass"),
            stockouts=self._stockouts(),
            records=records,
        )

    def _stockouts(self) -> frozenset[str]:
        try:
            return stockouts.read(self._layout)
        except stockouts.StockoutsMalformed as malformed:
            self._complain(f"{malformed} Until then there is no stock-out.")
            return frozenset()

    def _record_pods(self, facts: Facts) -> None:
        for event in pods.passed(facts):
            if event.key not in self._passed:
                self._passed.add(event.key)
                about = f"{event.about} ({event.key.split()[0][:8]})"
                if f"{event.row} {about}" not in self._recorded:
                    self._record(row=event.row, about=about, real_seconds=event.real_seconds)

    def _record(self, *, row: str, about: str, real_seconds: float) -> None:
        waited = Waited(
            event=row,
            object=about,
            simulated_seconds=self._delays.seconds(row),
            real_seconds=round(real_seconds, 3),
            at=timestamp(datetime.now(UTC)),
        )
        try:
            journal.append(self._layout, waited)
        except OSError as error:
            self._complain(
                f"{journal.path(self._layout)} cannot be written: {error.strerror}; this wait is not recorded"
            )

    def _store_stamp(self) -> int:
        try:
            return self._store.folder.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _complain(self, text: str) -> None:
        """Say it once, however often it happens in a row."""
        if text != self._complaint:
            print(text, flush=True)
            self._complaint = text


def _cluster(records: dict[str, Record]) -> Cluster | None:
    """The first cluster by id: the sandbox has one API server, so it can play one cluster."""
    found = sorted((r for r in records.values() if r.type == CLUSTER), key=lambda r: r.id)
    if not found:
        return None
    name = str(found[0].outputs.get("subnetwork") or "").rsplit("/", 1)[-1]
    ranges = [
        str(r.outputs.get("ipCidrRange") or "")
        for r in records.values()
        if r.type == SUBNETWORK and r.id.rsplit("/", 1)[-1] == name
    ]
    return Cluster.of(found[0], subnetwork_cidr=ranges[0] if ranges else "")
