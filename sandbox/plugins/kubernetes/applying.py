"""Objects on one cluster: create, apply, dry run, delete, read. Asynchronous; requests run in threads."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

from sandbox.plugins.failures import LOG
from sandbox.plugins.kubernetes import awaiting
from sandbox.plugins.kubernetes.annotations import wishes
from sandbox.plugins.kubernetes.awaiting import Pause, Target, until_gone, until_ready
from sandbox.plugins.kubernetes.client import ApiError, ApiServer, KindNotServed, Resource
from sandbox.plugins.kubernetes.objects import drifted, is_secret, shaped, with_string_data
from sandbox.plugins.kubernetes.tokens import Kind, parse_id
from sandbox.plugins.kubernetes.values import Json, Object, at

MANAGER_PREFIX = "pulumi-kubernetes-"
# A CustomResourceDefinition is established a moment before discovery shows its kind.
DISCOVERY_TRIES = 6
DISCOVERY_PAUSE_SECONDS = 0.5
UNPROCESSABLE = 422
_STAND_IN = "stand-in-of-a-dry-run"
_ALLOCATED = "already allocated"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A live object, the inputs as it has them, and what it still waits for (empty: ready)."""

    live: Object
    inputs: Object
    waiting_for: str


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """An API server, with the provider's default namespace and wishes. `pause` ends early when the engine cancels."""

    server: ApiServer
    namespace: str
    upsert: bool
    force: bool
    pause: Pause

    @staticmethod
    def manager_of(urn: str) -> str:
        """The field manager of the resource `urn`: its own, so that two resources never own one object unnoticed."""
        return MANAGER_PREFIX + hashlib.sha256(urn.encode()).hexdigest()[:8]

    def with_namespace(self, obj: Object, other: Object) -> Object:
        """`obj` with the default namespace, where `other` names one and `obj` does not."""
        metadata = at(obj, "metadata", default={})
        if not isinstance(metadata, dict) or metadata.get("namespace") or not at(other, "metadata", "namespace"):
            return obj
        return {**obj, "metadata": {**metadata, "namespace": self.namespace}}

    async def create(self, kind: Kind, obj: Object, *, manager: str) -> Object:
        """Apply an object that must not exist yet, unless an earlier, interrupted run of ours has made it."""
        resource = await self._resource(kind)
        placed = self._placed(resource, obj)
        live = await self._live(resource, placed)
        if live and at(live, "metadata", "deletionTimestamp"):
            await until_gone(self._target(resource, live, 0, deleting=True), self.pause)
            live = None
        if live and not self.upsert and manager not in _appliers(live):
            self._refuse_existing(resource, placed)
        if live:
            LOG.info("%s %s exists already and is taken over", kind, at(placed, "metadata", "name"))
        return await self._apply(resource, placed, manager=manager)

    async def apply(self, kind: Kind, obj: Object, *, manager: str) -> Object:
        """Server-side apply; conflicts with other managers are refused unless the object asks for force."""
        resource = await self._resource(kind)
        return await self._apply(resource, self._placed(resource, obj), manager=manager)

    async def dry_run(
        self, kind: Kind, obj: Object, *, manager: str, updating: bool
    ) -> tuple[Object | None, Object | None]:
        """(the server's answer or None, the live object or None). No answer: the kind or namespace is not there yet."""
        try:
            resource = await asyncio.to_thread(self.server.resource, kind)
        except KindNotServed:
            return None, None
        placed = self._placed(resource, obj)
        live = await self._live(resource, placed)
        try:
            if updating or not live:
                return await self._apply(resource, placed, manager=manager, dry_run=True), live
            if not self.upsert and not any(one.startswith(MANAGER_PREFIX) for one in _appliers(live)):
                self._refuse_existing(resource, placed)
            return await self._dry_replacement(resource, placed, manager=manager), live
        except ApiError as error:
            if error.code == 404 and error.details.get("kind") == "namespaces":
                return None, live
            raise

    async def _dry_replacement(self, resource: Resource, obj: Object, *, manager: str) -> Object:
        """An object of ours stands where the new one will: taken over as it is, or replaced before.

        What the server refuses to change in place is judged under another name.
        """
        try:
            return await self._apply(resource, obj, manager=manager, dry_run=True)
        except ApiError as error:
            if error.code != UNPROCESSABLE:
                raise
        name = obj["metadata"]["name"]
        stand_in = {**obj, "metadata": {**obj["metadata"], "name": _STAND_IN}}
        try:
            answer = await self._apply(resource, stand_in, manager=manager, dry_run=True)
        except ApiError as error:
            if _ALLOCATED in str(error):
                # An explicit address or port that the old object still holds will be free by then.
                return obj
            error.args = (str(error).replace(_STAND_IN, name),)
            raise
        return dict(_renamed(answer, _STAND_IN, name))

    async def until_ready(self, kind: Kind, obj: Object, *, seconds: float) -> Object:
        """Raises NotReady."""
        return await until_ready(self._target(await self._resource(kind), obj, seconds), self.pause)

    async def delete(self, kind: Kind, resource_id: str, obj: Object, seconds: float) -> None:
        """Delete and wait until the object is gone. A kind that is not served any more has no objects."""
        try:
            resource = await asyncio.to_thread(self.server.resource, kind)
        except KindNotServed:
            return
        namespace, name = parse_id(resource_id)
        placed = {**obj, "metadata": {**at(obj, "metadata", default={}), "name": name, "namespace": namespace}}
        wished = wishes(placed)
        await asyncio.to_thread(self.server.delete, resource, namespace, name, propagation=wished.propagation)
        if not wished.skip_await:
            await until_gone(self._target(resource, placed, seconds, deleting=True), self.pause)

    async def read(self, kind: Kind, resource_id: str, inputs: Object, *, manager: str) -> Reading | None:
        """The object as it is now; None when it, or its kind, is gone."""
        try:
            resource = await asyncio.to_thread(self.server.resource, kind)
        except KindNotServed:
            return None
        live = await asyncio.to_thread(self.server.get, resource, *parse_id(resource_id))
        if not live:
            return None
        if not inputs:
            return Reading(live=live, inputs=_imported(live), waiting_for="")
        now, intended = live, await self._intended(resource, inputs, manager=manager)
        if is_secret(kind):
            now = with_string_data(inputs, now)
            intended = intended and with_string_data(inputs, intended)
        found = drifted(inputs, now, intended) if intended else shaped(inputs, now)
        target = self._target(resource, live, 0)
        waiting_for = ""
        if not target.wishes.skip_await:
            waiting_for = (await asyncio.to_thread(awaiting.verdict, target, live)).unmet
        return Reading(
            live=live,
            inputs={**found, "apiVersion": inputs.get("apiVersion", kind.api_version), "kind": kind.name},
            waiting_for=f"{target.title} is waiting for {waiting_for}" if waiting_for else "",
        )

    async def _intended(self, resource: Resource, inputs: Object, *, manager: str) -> Object | None:
        try:
            return await asyncio.to_thread(
                self.server.apply,
                resource,
                self._placed(resource, inputs),
                manager=manager,
                dry_run=True,
                force=True,
            )
        except ApiError:
            # Somebody changed what cannot be changed back in place: then the live values speak for themselves.
            return None

    async def _resource(self, kind: Kind) -> Resource:
        for _ in range(DISCOVERY_TRIES - 1):
            try:
                return await asyncio.to_thread(self.server.resource, kind)
            except KindNotServed:
                await self.pause(DISCOVERY_PAUSE_SECONDS, f"waiting for the API server to serve {kind}")
        return await asyncio.to_thread(self.server.resource, kind)

    def _placed(self, resource: Resource, obj: Object) -> Object:
        metadata = dict(at(obj, "metadata", default={}))
        if resource.namespaced and not metadata.get("namespace"):
            metadata["namespace"] = self.namespace
        if not resource.namespaced:
            metadata.pop("namespace", None)
        return {**obj, "apiVersion": resource.kind.api_version, "kind": resource.kind.name, "metadata": metadata}

    async def _live(self, resource: Resource, obj: Object) -> Object | None:
        metadata = obj["metadata"]
        return await asyncio.to_thread(self.server.get, resource, metadata.get("namespace", ""), metadata["name"])

    async def _apply(self, resource: Resource, obj: Object, *, manager: str, dry_run: bool = False) -> Object:
        force = self.force or wishes(obj).patch_force
        return await asyncio.to_thread(self.server.apply, resource, obj, manager=manager, dry_run=dry_run, force=force)

    def _target(self, resource: Resource, obj: Object, seconds: float, *, deleting: bool = False) -> Target:
        wished = wishes(obj)
        limit = awaiting.limit_seconds(resource.kind, wished, seconds, deleting=deleting)
        return Target(server=self.server, resource=resource, obj=obj, wishes=wished, limit_seconds=limit)

    @staticmethod
    def _refuse_existing(resource: Resource, obj: Object) -> None:
        group = f".{resource.kind.group}" if resource.kind.group else ""
        raise ApiError(
            code=409,
            reason="AlreadyExists",
            message=f'{resource.plural}{group} "{obj["metadata"]["name"]}" already exists; '
            "import it, or set upsertExistingObjects on the provider to take it over",
        )


def _appliers(live: Object) -> set[str]:
    return {
        entry["manager"]
        for entry in at(live, "metadata", "managedFields", default=[])
        if entry.get("operation") == "Apply"
    }


def _renamed(value: Json, old: str, new: str) -> Json:
    if isinstance(value, dict):
        return {key: _renamed(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, old, new) for item in value]
    return new if value == old else value


def _imported(live: Object) -> Object:
    metadata = {
        key: value
        for key, value in live["metadata"].items()
        if key in ("name", "namespace", "labels", "annotations", "finalizers")
    }
    return {key: value for key, value in {**live, "metadata": metadata}.items() if key != "status"}
