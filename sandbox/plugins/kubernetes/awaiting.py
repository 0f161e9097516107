"""Waiting for objects to be ready or gone, within a limit, through short outages of the API server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.plugins.failures import OperationCancelled, ResourceRefused
from sandbox.plugins.kubernetes.annotations import Wishes
from sandbox.plugins.kubernetes.client import ApiError, ApiServer, Resource, Unreachable
from sandbox.plugins.kubernetes.endpoints import SERVICE_NAME
from sandbox.plugins.kubernetes.readiness import judge, pod_problems
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import Object, at
from sandbox.plugins.kubernetes.verdicts import Around, Verdict

Pause = Callable[[float, str], Awaitable[None]]

# Source: pulumi-kubernetes, provider/pkg/await: Default...TimeoutMins of each awaiter, and awaiters.go.
LIMITS_SECONDS = {"PersistentVolumeClaim": 300.0, "PersistentVolume": 300.0, "Pod": 300.0}
# Those of getting ready alone; a deletion has the common limit.
READY_LIMITS_SECONDS = {**LIMITS_SECONDS, "ResourceQuota": 60.0, "Secret": 5.0}
LIMIT_SECONDS = 600.0
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0
# How long the API server may be away while something is awaited, before the operation gives up.
OUTAGE_SECONDS = 10.0

_CLASSES = Kind(api_version="storage.k8s.io/v1", name="StorageClass")
_SLICES = Kind(api_version="discovery.k8s.io/v1", name="EndpointSlice")
_SERVICES = Kind(api_version="v1", name="Service")
_PODS = Kind(api_version="v1", name="Pod")


class NotReady(Exception):  # noqa: N818
    """The object exists and is not ready. `live` is its last known state, `reasons` are for the person."""

    def __init__(self, live: Object, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.live = live
        self.reasons = reasons


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is waited for: an object on a server, and the wishes of its annotations."""

    server: ApiServer
    resource: Resource
    obj: Object
    wishes: Wishes
    limit_seconds: float

    @property
    def title(self) -> str:
        """`StatefulSet p2p-node/p2p-node`."""
        namespace = at(self.obj, "metadata", "namespace")
        name = at(self.obj, "metadata", "name")
        return f"{self.resource.kind.name} {namespace}/{name}" if namespace else f"{self.resource.kind.name} {name}"

    def live(self) -> Object | None:
        """The object as it is now; None when it is gone."""
        metadata = self.obj["metadata"]
        return self.server.get(self.resource, metadata.get("namespace", ""), metadata["name"])


def limit_seconds(kind: Kind, wishes: Wishes, requested: float, *, deleting: bool = False) -> float:
    """The resource's own timeout first, then the annotation, then the official plugin's limit for the kind."""
    limits = LIMITS_SECONDS if deleting else READY_LIMITS_SECONDS
    return requested or wishes.timeout_seconds or limits.get(kind.name, LIMIT_SECONDS)


def verdict(target: Target, live: Object) -> Verdict:
    """Whether `live` is ready, by its own conditions to wait for or by those of its kind."""
    if target.wishes.wait_for:
        unmet = [condition.text for condition in target.wishes.wait_for if not condition.holds(live)]
        return Verdict(waiting_for=", ".join(unmet))
    return judge(target.resource.kind, live, _around(target, live))


async def until_ready(target: Target, pause: Pause) -> Object:
    """Return the object once it is ready. Raises NotReady at the limit, on cancellation, or when the server is gone.

    At the limit and on cancellation, as in the official plugin, an object that only has to settle is ready.
    """
    live = target.obj
    if target.wishes.skip_await:
        return live
    clock, quiet = _Clock(target.limit_seconds), _Quiet()
    judged = Verdict(waiting_for="no answer yet")
    try:
        while True:
            with clock:
                found = await asyncio.to_thread(target.live)
                if found is None:
                    raise NotReady(live, [f"{target.title} was deleted by someone else while it was awaited"])
                live = found
                judged = await asyncio.to_thread(verdict, target, live)
                left = quiet.seconds_left(judged)
                if not judged.waiting_for or (judged.settle_seconds and (not left or clock.is_over)):
                    return live
                if judged.hopeless or clock.is_over:
                    limit = "" if judged.hopeless else f" after {target.limit_seconds:g} s"
                    reasons = [f"{target.title} is not ready{limit}: waiting for {judged.waiting_for}"]
                    raise NotReady(live, reasons + await asyncio.to_thread(_problems, target, live))
            seconds = clock.next_pause()
            if judged.settle_seconds:
                seconds = min(seconds, max(quiet.seconds_left(judged), FIRST_PAUSE_SECONDS))
            await pause(seconds, f"waiting for {target.title} ({judged.waiting_for})")
    except OperationCancelled as error:
        if judged.settle_seconds:
            return live
        raise NotReady(live, [str(error)]) from error
    except ResourceRefused as error:
        raise NotReady(live, [f"{target.title} was written, but is no longer watched: {error}"]) from error


async def until_gone(target: Target, pause: Pause) -> None:
    """Return once the object is gone (or another one has taken its name). Raises ResourceRefused at the limit."""
    clock = _Clock(target.limit_seconds)
    uid = at(target.obj, "metadata", "uid")
    while True:
        live = target.obj
        with clock:
            found = await asyncio.to_thread(target.live)
            if found is None or (uid and at(found, "metadata", "uid") != uid):
                return
            live = found
            if clock.is_over:
                raise ResourceRefused(
                    f"{target.title} still exists {target.limit_seconds:g} s after its deletion was asked for"
                    f"{_what_holds(live)}; it stays in the state and the next run asks again"
                )
        await pause(clock.next_pause(), f"waiting for {target.title} to be deleted")


class _Quiet:
    """Counts for how long what a judgement rests on has been the same."""

    def __init__(self) -> None:
        self._seen: tuple[str, ...] | None = None
        self._since = 0.0

    def seconds_left(self, judged: Verdict) -> float:
        now = time.monotonic()
        if judged.seen != self._seen:
            self._seen, self._since = judged.seen, now
        return max(self._since + judged.settle_seconds - now, 0.0)


class _Clock:
    """Counts the limit and the pauses; as a context it lets short outages of the API server pass."""

    def __init__(self, limit: float) -> None:
        self._end = time.monotonic() + limit
        self._pause = FIRST_PAUSE_SECONDS
        self._outage_since: float | None = None

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end

    def next_pause(self) -> float:
        pause = min(self._pause, max(self._end - time.monotonic(), FIRST_PAUSE_SECONDS))
        self._pause = min(self._pause * 1.5, LONGEST_PAUSE_SECONDS)
        return pause

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        busy = isinstance(error, ApiError) and (error.code == 429 or error.code >= 500)
        if not isinstance(error, Unreachable) and not busy:
            self._outage_since = None
            return False
        now = time.monotonic()
        self._outage_since = self._outage_since or now
        return now - self._outage_since < OUTAGE_SECONDS


def _around(target: Target, live: Object) -> Around:
    kind, namespace = target.resource.kind, at(live, "metadata", "namespace", default="")
    server = target.server
    if (kind.group, kind.name) == ("", "Service") and at(live, "spec", "selector"):
        labels = f"{SERVICE_NAME}={live['metadata']['name']}"
        return Around(endpoint_slices=server.list(server.resource(_SLICES), namespace, labels=labels))
    if (kind.group, kind.name) == ("networking.k8s.io", "Ingress"):
        slices = server.list(server.resource(_SLICES), namespace)
        return Around(endpoint_slices=slices, services=server.list(server.resource(_SERVICES), namespace))
    name = at(live, "spec", "storageClassName")
    if (kind.group, kind.name) == ("", "PersistentVolumeClaim") and name:
        return Around(storage_class=server.get(server.resource(_CLASSES), "", name))
    return Around()


def _problems(target: Target, live: Object) -> list[str]:
    selector = at(live, "spec", "selector", default={})
    labels = selector.get("matchLabels", {}) if target.resource.kind.name != "Service" else selector
    if target.resource.kind.group not in ("", "apps", "batch") or not labels:
        return []
    text = ",".join(f"{key}={value}" for key, value in labels.items())
    try:
        pods = target.server.list(target.server.resource(_PODS), at(live, "metadata", "namespace"), labels=text)
    except ResourceRefused:
        return []
    return pod_problems(pods)


def _what_holds(live: Object) -> str:
    parts = []
    if finalizers := at(live, "metadata", "finalizers"):
        parts.append(f"finalizers {', '.join(finalizers)}")
    parts += [
        str(entry.get("message"))
        for entry in at(live, "status", "conditions", default=[])
        if entry.get("status") == "True" and str(entry.get("type", "")).startswith("Namespace")
    ]
    return f" (held by: {'; '.join(parts)})" if parts else ""
