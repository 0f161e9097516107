"""The objects that a demonstration looks at, kept by a watch each, and handed over at every change."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from sandbox.dataplane.api_server import ApiRefused, ApiServer, ApiUnreachable

WATCH_SECONDS = 60
RETRY_SECONDS = 0.5
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """All objects of one collection after a change. Several changes in a row are several of these, in their order."""

    collection: str
    objects: tuple[Json, ...]
    at: float
    """When it was heard of, in seconds since the epoch."""


@dataclass(kw_only=True)
class Followed:
    """Watches of collections, by path. `changes` is filled by one daemon thread a collection."""

    server: ApiServer
    changes: queue.SimpleQueue[Change] = field(default_factory=queue.SimpleQueue)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def follow(self, collection: str) -> None:
        """Watches one more, from now until `stop`."""
        threading.Thread(target=self._follow, args=(collection,), name=f"watch {collection}", daemon=True).start()

    def stop(self) -> None:
        """Lets the threads end; they are daemons, nobody waits for them."""
        self._stopping.set()

    def _follow(self, collection: str) -> None:
        while not self._stopping.is_set():
            try:
                self._watch(collection)
            except (ApiRefused, ApiUnreachable):
                self._stopping.wait(RETRY_SECONDS)

    def _watch(self, collection: str) -> None:
        listed = self.server.get(collection)
        objects = {item["metadata"]["uid"]: item for item in listed["items"]}
        since = str(listed["metadata"]["resourceVersion"])
        self._hand_over(collection, objects)
        while not self._stopping.is_set():
            for event in self.server.watch(collection, since=since, seconds=WATCH_SECONDS):
                since, item = event["object"]["metadata"]["resourceVersion"], event["object"]
                if event["type"] == "DELETED":
                    objects.pop(item["metadata"]["uid"], None)
                elif event["type"] in ("ADDED", "MODIFIED"):
                    objects[item["metadata"]["uid"]] = item
                if event["type"] != "BOOKMARK":
                    self._hand_over(collection, objects)

    def _hand_over(self, collection: str, objects: dict[str, Json]) -> None:
        self.changes.put(Change(collection=collection, objects=tuple(objects.values()), at=time.time()))
