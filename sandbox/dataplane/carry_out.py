"""Carries out changes on the API server and the store."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from urllib.parse import quote

from sandbox.dataplane.api_server import ApiRefused, ApiServer
from sandbox.dataplane.cache import Cache
from sandbox.dataplane.changes import Change, Create, Delete, DropRecord, Emit, Json, Patch, PutRecord, name_of
from sandbox.dataplane.facts import timestamp
from sandbox.dataplane.kinds import KINDS
from sandbox.simulator.store import Store

CONFLICT = 409
NOT_FOUND = 404


class Hands:
    """Does what planners ask for. What is done already counts as done."""

    def __init__(self, server: ApiServer, cache: Cache, store: Store) -> None:
        self._server = server
        self._cache = cache
        self._store = store
        self._said: set[str] = set()

    def do(self, change: Change) -> None:
        """Carry out one change. Raises ApiRefused, ApiUnreachable, StoreUnwritable."""
        match change:
            case Create():
                self._create(change)
            case Patch():
                self._patch(change)
            case Delete():
                self._delete(change)
            case PutRecord():
                self._store.put(change.record)
            case DropRecord():
                self._store.delete(change.id)
            case Emit():
                self._emit(change)

    def _create(self, change: Create) -> None:
        namespace = change.body["metadata"].get("namespace", "")
        try:
            answer = self._server.create(KINDS[change.kind].collection(namespace), change.body)
        except ApiRefused as refusal:
            if refusal.status != CONFLICT:
                raise
            return
        self._cache.take(change.kind, answer)
        print(f"created {name_of(change.body)}", flush=True)

    def _patch(self, change: Patch) -> None:
        path = _path(change.kind, change.namespace, change.name)
        try:
            answer = self._server.patch(f"{path}/{change.subresource}".rstrip("/"), change.body)
        except ApiRefused as refusal:
            if refusal.status != NOT_FOUND:
                raise
            return
        # The answer to taking off the last finalizer is an object that no longer exists; the watch reports its end.
        if answer["metadata"].get("deletionTimestamp") and not answer["metadata"].get("finalizers"):
            self._cache.drop(change.kind, answer)
        else:
            self._cache.take(change.kind, answer)

    def _delete(self, change: Delete) -> None:
        try:
            answer = self._server.delete(_path(change.kind, change.namespace, change.name))
        except ApiRefused as refusal:
            if refusal.status != NOT_FOUND:
                raise
            return
        if answer.get("metadata", {}).get("finalizers"):
            self._cache.take(change.kind, answer)
        print(f"deleted {change.kind} {change.name}", flush=True)

    def _emit(self, change: Emit) -> None:
        about = change.about["metadata"]
        key = hashlib.sha256(f"{about['uid']}\n{change.reason}\n{change.message}".encode()).hexdigest()[:16]
        if key in self._said:
            return
        namespace = about.get("namespace") or "default"
        now = timestamp(datetime.now(UTC))
        body: Json = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"{about['name']}.{key}"[-253:], "namespace": namespace},
            "involvedObject": {
                "apiVersion": change.about["apiVersion"],
                "kind": change.about["kind"],
                "name": about["name"],
                "uid": about["uid"],
                **({"namespace": about["namespace"]} if about.get("namespace") else {}),
            },
            "reason": change.reason,
            "message": change.message[:1000],
            "type": change.type,
            "source": {"component": change.component},
            "reportingComponent": change.component,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
        }
        try:
            self._server.create(KINDS["Event"].collection(namespace), body)
        except ApiRefused as refusal:
            # An Event is a courtesy: a namespace that is going refuses new ones, and that must stop nothing.
            if refusal.status not in (CONFLICT, 403, NOT_FOUND):
                raise
        self._said.add(key)


def _path(kind: str, namespace: str, name: str) -> str:
    return f"{KINDS[kind].collection(namespace)}/{quote(name)}"
