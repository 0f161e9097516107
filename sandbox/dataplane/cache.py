"""A copy of the API server's objects, kept fresh by one watch a kind.

The client's own SharedInformer builds a typed model of each object (costly in CPU), reconnects without a pause while
the API server is away, and cannot take in the answer to a write before the watch delivers it. Hence this one.
"""

from __future__ import annotations

import threading

from sandbox.dataplane.api_server import ApiRefused, ApiServer, ApiUnreachable
from sandbox.dataplane.changes import Json
from sandbox.dataplane.kinds import KINDS, Kind

WATCH_SECONDS = 240
RETRY_SECONDS = 1.0
ABSENT_KIND_SECONDS = 5.0
UNEXPECTED_SECONDS = 5.0
# What an API server answers while it starts: its storage of custom resources is not ready yet.
STARTING = (429, 500, 503)


class Cache:
    """Objects by kind. `changed` is set whenever any of them changes."""

    def __init__(self, server: ApiServer) -> None:
        self.changed = threading.Event()
        self._server = server
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._objects: dict[str, dict[tuple[str, str], Json]] = {name: {} for name in KINDS}
        self._listed: set[str] = set()
        # A deletion seen by the watch, so that the late answer to a write cannot bring the object back.
        self._gone: dict[str, None] = {}

    def start(self) -> None:
        """Start one daemon thread a watched kind."""
        for name, kind in KINDS.items():
            if kind.watched:
                threading.Thread(target=self._follow, args=(name, kind), name=f"watch {name}", daemon=True).start()

    def stop(self) -> None:
        """Let the threads end; they are daemons, nobody waits for them."""
        self._stopping.set()
        self.changed.set()

    @property
    def complete(self) -> bool:
        """Whether every watched kind was listed at least once, so that absence means absence."""
        with self._lock:
            return len(self._listed) == sum(kind.watched for kind in KINDS.values())

    def objects(self, kind: str) -> list[Json]:
        """All objects of a kind, sorted by namespace and name. Treat them as read-only."""
        with self._lock:
            return [value for _, value in sorted(self._objects[kind].items())]

    def take(self, kind: str, value: Json) -> None:
        """Take in an object: from the watch, or the answer to a write. An older version never replaces a newer."""
        with self._lock:
            if value["metadata"]["uid"] in self._gone:
                return
            known = self._objects[kind].get(_key(value))
            if (
                known is None
                or known["metadata"]["uid"] != value["metadata"]["uid"]
                or _version(known) < _version(value)
            ):
                self._objects[kind][_key(value)] = {**value, "kind": kind, "apiVersion": KINDS[kind].api_version}
                self.changed.set()

    def drop(self, kind: str, value: Json) -> None:
        """Forget an object that the watch reports as deleted."""
        with self._lock:
            self._gone[value["metadata"]["uid"]] = None
            if len(self._gone) > 10_000:
                del self._gone[next(iter(self._gone))]
            known = self._objects[kind].get(_key(value))
            if known is not None and known["metadata"]["uid"] == value["metadata"]["uid"]:
                del self._objects[kind][_key(value)]
                self.changed.set()

    def _follow(self, name: str, kind: Kind) -> None:
        since = ""
        while not self._stopping.is_set():
            try:
                since = since or self._list(name, kind)
                for event in self._server.watch(kind.collection(), since=since, seconds=WATCH_SECONDS):
                    since = event["object"]["metadata"]["resourceVersion"]
                    if event["type"] in ("ADDED", "MODIFIED"):
                        self.take(name, event["object"])
                    elif event["type"] == "DELETED":
                        self.drop(name, event["object"])
            except ApiRefused as refusal:
                since = ""
                if refusal.status == 404:
                    self._absent(name)
                    self._stopping.wait(ABSENT_KIND_SECONDS)
                elif refusal.status != 410:
                    if refusal.status not in STARTING:
                        print(f"watch of {name}: {refusal}; listing again", flush=True)
                    self._stopping.wait(RETRY_SECONDS)
            except ApiUnreachable:
                # A restarted API server may be another one: nothing held from before is trusted.
                since = ""
                self._stopping.wait(RETRY_SECONDS)
            except Exception as error:
                # A thread that ends would leave this kind as it is for ever, and nobody would see it.
                since = ""
                print(f"watch of {name}: unexpected {error!r}; listing again", flush=True)
                self._stopping.wait(UNEXPECTED_SECONDS)

    def _list(self, name: str, kind: Kind) -> str:
        answer = self._server.get(kind.collection())
        self._replace(name, answer["items"])
        return str(answer["metadata"]["resourceVersion"])

    def _absent(self, name: str) -> None:
        """A kind that is not served holds nothing; one that was served before is only not served yet again."""
        with self._lock:
            known = name in self._listed
        if not known:
            self._replace(name, [])

    def _replace(self, name: str, items: list[Json]) -> None:
        objects = {_key(v): {**v, "kind": name, "apiVersion": KINDS[name].api_version} for v in items}
        with self._lock:
            self._objects[name] = objects
            self._listed.add(name)
        self.changed.set()


def _key(value: Json) -> tuple[str, str]:
    return value["metadata"].get("namespace", ""), value["metadata"]["name"]


def _version(value: Json) -> int:
    return int(value["metadata"]["resourceVersion"])
