"""Waiting: limits, outages, deletions, with a server that answers as it is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sandbox.plugins.failures import OperationCancelled, ResourceRefused
from sandbox.plugins.kubernetes import awaiting, endpoints
from sandbox.plugins.kubernetes.annotations import Wishes, wishes
from sandbox.plugins.kubernetes.awaiting import NotReady, Target, limit_seconds, until_gone, until_ready
from sandbox.plugins.kubernetes.client import ApiError, Resource, Unreachable
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import Object

POD = Resource(kind=Kind(api_version="v1", name="Pod"), plural="pods", namespaced=True)
GONE = Unreachable("https://127.0.0.1:1", "connection refused")
BUSY = ApiError(code=503, reason="ServiceUnavailable", message="leader changed")
FORBIDDEN = ApiError(code=403, reason="Forbidden", message="pods is forbidden")


def pod(phase: str = "Pending", uid: str = "u", **metadata: Any) -> Object:
    status = "True" if phase == "Running" else "False"
    conditions = [{"type": "Ready", "status": status}]
    return {
        "metadata": {"name": "p", "namespace": "n", "uid": uid, **metadata},
        "status": {"phase": phase, "conditions": conditions},
    }


class Scripted:
    """Gives one answer after the other, and the last one for ever."""

    def __init__(self, answers: Sequence[Object | Exception | None]) -> None:
        self._answers = list(answers)

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def no_pause(seconds: float, what: str) -> None:
    await asyncio.sleep(min(seconds, 0.01))


def target(*answers: Object | Exception | None, limit: float = 5, wished: Wishes | None = None) -> Target:
    server: Any = Scripted(answers)
    return Target(server=server, resource=POD, obj=pod(), wishes=wished or Wishes(), limit_seconds=limit)


def not_ready(waited: Target, pause: Callable[..., Any] = no_pause) -> NotReady:
    with pytest.raises(NotReady) as caught:
        asyncio.run(until_ready(waited, pause))
    return caught.value


def test_the_live_object_is_returned_once_it_is_ready() -> None:
    assert asyncio.run(until_ready(target(pod(), pod("Running")), no_pause))["status"]["phase"] == "Running"


def test_short_outages_pass_unnoticed() -> None:
    assert asyncio.run(until_ready(target(GONE, BUSY, pod("Running")), no_pause))


def test_a_server_that_stays_away_ends_the_wait_and_keeps_the_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(awaiting, "OUTAGE_SECONDS", 0.2)
    begun = time.monotonic()
    error = not_ready(target(pod(uid="seen"), GONE, limit=60))
    assert time.monotonic() - begun < 5
    assert error.live["metadata"]["uid"] == "seen"
    assert "https://127.0.0.1:1 does not answer (connection refused)" in error.reasons[0]
    assert "make up" in error.reasons[0]


def test_a_refusal_ends_the_wait_in_the_servers_words() -> None:
    assert "pods is forbidden" in not_ready(target(pod(), FORBIDDEN)).reasons[0]


def test_the_limit_is_told_with_what_was_last_seen() -> None:
    error = not_ready(target(pod(), limit=0.1))
    assert error.reasons == ["Pod n/p is not ready after 0.1 s: waiting for the pod to be ready (phase Pending)"]


def test_what_cannot_become_ready_is_not_waited_for() -> None:
    begun = time.monotonic()
    assert "phase Failed" in not_ready(target(pod("Failed"), limit=60)).reasons[0]
    assert time.monotonic() - begun < 5


def test_an_object_deleted_meanwhile_is_told() -> None:
    assert "was deleted by someone else" in not_ready(target(None)).reasons[0]


def test_cancelling_names_what_was_waited_for() -> None:
    async def cancel(seconds: float, what: str) -> None:
        raise OperationCancelled(what)

    reason = not_ready(target(pod()), cancel).reasons[0]
    assert reason.startswith("waiting for Pod n/p (the pod to be ready (phase Pending)) was cancelled")


SERVICE = Resource(kind=Kind(api_version="v1", name="Service"), plural="services", namespaced=True)


class ServiceAlone:
    """A Service that is there, and the versions of its EndpointSlice, one after the other; 0 is none."""

    def __init__(self, versions: Sequence[int]) -> None:
        self._versions = list(versions)
        self.asked = 0

    def get(self, resource: Resource, namespace: str, name: str) -> Object:
        return {"metadata": {"name": "s", "namespace": "n"}, "spec": {"selector": {"a": "b"}}}

    def resource(self, kind: Kind) -> Resource:
        return Resource(kind=kind, plural="", namespaced=True)

    def list(self, resource: Resource, namespace: str, *, labels: str = "") -> list[Object]:
        if resource.kind.name == "Pod":
            return []
        assert labels == "kubernetes.io/service-name=s"
        self.asked += 1
        version = self._versions.pop(0) if len(self._versions) > 1 else self._versions[0]
        return [{"metadata": {"uid": "u", "resourceVersion": str(version)}}] if version else []


def service_target(*versions: int, limit: float = 60) -> Target:
    server: Any = ServiceAlone(versions)
    obj = server.get(SERVICE, "n", "s")
    return Target(server=server, resource=SERVICE, obj=obj, wishes=Wishes(), limit_seconds=limit)


def test_a_service_is_ready_once_its_endpoints_are_seen_and_have_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "SETTLE_SECONDS", 0.3)
    changes: list[float] = []

    async def pause(seconds: float, what: str) -> None:
        changes.append(time.monotonic())
        await asyncio.sleep(0.1)

    assert asyncio.run(until_ready(service_target(0, 0, 1, 2, 3, 4), pause))
    quiet = time.monotonic() - changes[4]
    assert 0.3 <= quiet < 2, "counted anew from the last change"


def test_endpoints_that_nobody_makes_are_told() -> None:
    reason = not_ready(service_target(0, limit=0.1)).reasons[0]
    assert reason.startswith("Service n/s is not ready after 0.1 s: waiting for its endpoints to be seen")


def test_at_the_limit_a_service_that_only_has_to_settle_is_ready() -> None:
    assert asyncio.run(until_ready(service_target(1, limit=0.1), no_pause))


def test_cancelled_while_it_settles_a_service_is_ready() -> None:
    async def cancel(seconds: float, what: str) -> None:
        raise OperationCancelled(what)

    assert asyncio.run(until_ready(service_target(1), cancel))


def test_skip_await_asks_nobody() -> None:
    assert asyncio.run(until_ready(target(FORBIDDEN, wished=Wishes(skip_await=True)), no_pause))


def test_own_conditions_take_the_place_of_the_kinds() -> None:
    wished = wishes({"metadata": {"annotations": {"pulumi.com/waitFor": "jsonpath={.status.phase}=Pending"}}})
    assert asyncio.run(until_ready(target(pod(), wished=wished), no_pause))


@pytest.mark.parametrize("last", [None, pod(uid="another")], ids=["gone", "another one of that name"])
def test_a_deletion_is_over(last: Object | None) -> None:
    asyncio.run(until_gone(target(pod(), GONE, last), no_pause))


def test_a_deletion_that_is_held_up_says_by_what() -> None:
    held = pod(finalizers=["example.org/hold"])
    held["status"]["conditions"] = [{"type": "NamespaceContentRemaining", "status": "True", "message": "2 pods left"}]
    with pytest.raises(ResourceRefused, match=r"held by: finalizers example\.org/hold; 2 pods left") as caught:
        asyncio.run(until_gone(target(held, limit=0.1), no_pause))
    assert "stays in the state" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "annotated", "requested", "ready", "gone"),
    [
        ("StatefulSet", None, 0, 600, 600),
        ("PersistentVolumeClaim", None, 0, 300, 300),
        ("Secret", None, 0, 5, 600),
        ("ResourceQuota", None, 0, 60, 600),
        ("StatefulSet", 90, 0, 90, 90),
        ("StatefulSet", 90, 30, 30, 30),
    ],
)
def test_limits(kind: str, annotated: float | None, requested: float, ready: float, gone: float) -> None:
    wished, of = Wishes(timeout_seconds=annotated), Kind(api_version="v1", name=kind)
    assert limit_seconds(of, wished, requested) == ready
    assert limit_seconds(of, wished, requested, deleting=True) == gone
