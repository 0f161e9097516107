from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from sandbox.dataplane.api_server import ApiRefused, ApiServer
from sandbox.dataplane.cache import Cache
from sandbox.dataplane.carry_out import Hands
from sandbox.dataplane.changes import Change, Create, Delete, DropRecord, Emit, Patch, PutRecord
from sandbox.dataplane.facts import DISK
from sandbox.layout import Layout
from sandbox.simulator.store import Record, Store

Make = Callable[..., Any]


class Recording:
    """Notes every request; answers with `answer`, or refuses with it."""

    def __init__(self, answer: Any) -> None:
        self.requests: list[tuple[str, str]] = []
        self.answer = answer

    def _do(self, method: str, path: str, *_: Any) -> Any:
        self.requests.append((method, path))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def create(self, path: str, body: Any) -> Any:
        return self._do("POST", path)

    def patch(self, path: str, body: Any) -> Any:
        return self._do("PATCH", path)

    def delete(self, path: str) -> Any:
        return self._do("DELETE", path)


def hands(answer: Any, folder: Path) -> tuple[Hands, Recording, Cache, Store]:
    server, store = Recording(answer), Store(Layout(root=folder))
    cache = Cache(cast(ApiServer, server))
    return Hands(cast(ApiServer, server), cache, store), server, cache, store


def test_requests_go_where_the_api_server_keeps_the_kind(tmp_path: Path, an_object: Make) -> None:
    claim = an_object("PersistentVolumeClaim", "c", namespace="ns")
    ours, server, cache, _ = hands(claim, tmp_path)
    ours.do(Create(kind="PersistentVolumeClaim", body=claim))
    ours.do(Patch(kind="PersistentVolumeClaim", namespace="ns", name="c", body={}, subresource="status"))
    ours.do(Delete(kind="VolumeSnapshotContent", namespace="", name="s"))
    ours.do(Emit(about=claim, reason="R", message="m", component="c"))
    ours.do(Emit(about=claim, reason="R", message="m", component="c"))
    assert server.requests == [
        ("POST", "/api/v1/namespaces/ns/persistentvolumeclaims"),
        ("PATCH", "/api/v1/namespaces/ns/persistentvolumeclaims/c/status"),
        ("DELETE", "/apis/snapshot.storage.k8s.io/v1/volumesnapshotcontents/s"),
        ("POST", "/api/v1/namespaces/ns/events"),
    ]
    assert [c["metadata"]["name"] for c in cache.objects("PersistentVolumeClaim")] == ["c"]


@pytest.mark.parametrize(
    ("status", "kind"), [(409, "create"), (404, "patch"), (404, "delete"), (403, "emit"), (409, "emit")]
)
def test_what_is_done_already_counts_as_done(tmp_path: Path, an_object: Make, status: int, kind: str) -> None:
    node = an_object("Node", "n")
    ours, *_ = hands(ApiRefused(status, "no"), tmp_path)
    change: dict[str, Change] = {
        "create": Create(kind="Node", body=node),
        "patch": Patch(kind="Node", namespace="", name="n", body={}),
        "delete": Delete(kind="Node", namespace="", name="n"),
        "emit": Emit(about=node, reason="R", message="m", component="c"),
    }
    ours.do(change[kind])


def test_other_refusals_are_not_swallowed(tmp_path: Path, an_object: Make) -> None:
    ours, *_ = hands(ApiRefused(422, "invalid"), tmp_path)
    with pytest.raises(ApiRefused, match="invalid"):
        ours.do(Create(kind="Node", body=an_object("Node", "n")))


def test_records_are_put_and_dropped(tmp_path: Path) -> None:
    ours, _, _, store = hands({}, tmp_path)
    disk = Record(type=DISK, id="projects/p/zones/z/disks/d", inputs={}, outputs={}, origin="data-plane")
    ours.do(PutRecord(record=disk))
    assert store.all() == [disk]
    ours.do(DropRecord(id=disk.id))
    ours.do(DropRecord(id=disk.id))
    assert store.all() == []
