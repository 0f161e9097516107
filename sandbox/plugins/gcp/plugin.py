"""The gcp plugin: the simulated cloud behind the engine's provider protocol."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import cached_property, wraps
from typing import Any, TypeVar

from pulumi.provider.experimental import provider
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import PropertyDiff, PropertyDiffKind

from operations.facts import type_of
from sandbox.layout import Layout
from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.gcp import config
from sandbox.plugins.gcp.values import plain, wired
from sandbox.plugins.requests import DeleteRequest, DiffRequest, Plugin, ReadRequest, UpdateRequest
from sandbox.simulator import data_sources
from sandbox.simulator.catalogue import Catalogue, TypeNotSimulated
from sandbox.simulator.check import Problem
from sandbox.simulator.clock import Speed, SpeedInvalid
from sandbox.simulator.cloud import Cloud
from sandbox.simulator.differences import Change
from sandbox.simulator.errors import Refused
from sandbox.simulator.extraction import ExtractionError
from sandbox.simulator.identity import Defaults
from sandbox.simulator.store import Record, Store, StoreCorrupt, StoreUnwritable

Answer = TypeVar("Answer")
Method = Callable[[Any, Any], Coroutine[Any, Any, Answer]]
_EXPECTED = (Refused, StoreCorrupt, StoreUnwritable, TypeNotSimulated, SpeedInvalid, ExtractionError)
_KINDS = {
    ("add", False): PropertyDiffKind.ADD,
    ("add", True): PropertyDiffKind.ADD_REPLACE,
    ("delete", False): PropertyDiffKind.DELETE,
    ("delete", True): PropertyDiffKind.DELETE_REPLACE,
    ("update", False): PropertyDiffKind.UPDATE,
    ("update", True): PropertyDiffKind.UPDATE_REPLACE,
}


def _refusing(method: Method[Answer]) -> Method[Answer]:
    """What the simulated cloud refuses is an expected failure: its message alone reaches the person."""

    @wraps(method)
    async def answer(plugin: Any, request: Any) -> Answer:
        try:
            return await method(plugin, request)
        except _EXPECTED as error:
            raise ResourceRefused(str(error)) from None

    return answer


class GcpSimulator(Plugin):
    """Answers the engine from the store below `layout`."""

    def __init__(self, *, layout: Layout) -> None:
        super().__init__()
        self._layout = layout
        self._defaults = Defaults()

    def prepare(self) -> None:
        """The table of types, and pulumi_gcp's own."""
        self._catalogue.types.provider  # noqa: B018

    @cached_property
    def _catalogue(self) -> Catalogue:
        return Catalogue()

    @cached_property
    def _cloud(self) -> Cloud:
        return Cloud(
            layout=self._layout,
            store=Store(self._layout),
            catalogue=self._catalogue,
            defaults=self._defaults,
            speed=Speed.from_environment(),
            pause=self.pause,
        )

    @_refusing
    async def check_config(self, request: provider.CheckRequest) -> provider.CheckResponse:
        problems = config.refusals(self._catalogue.types.provider, plain(request.new_inputs))
        return provider.CheckResponse(inputs=request.new_inputs, failures=_failures(problems))

    async def diff_config(self, request: provider.DiffRequest) -> provider.DiffResponse:
        changed = plain(request.old_state) != plain(request.new_inputs)
        return provider.DiffResponse(changes=changed)

    @_refusing
    async def configure(self, request: provider.ConfigureRequest) -> provider.ConfigureResponse:
        self._defaults = config.defaults(plain(request.args))
        self.__dict__.pop("_cloud", None)
        return await super().configure(request)

    @_refusing
    async def invoke(self, request: provider.InvokeRequest) -> provider.InvokeResponse:
        cloud = self._cloud
        told = data_sources.answer(request.tok, plain(request.args), cloud.store, cloud.defaults)
        return provider.InvokeResponse(return_value=wired(told))

    @_refusing
    async def check(self, request: provider.CheckRequest) -> provider.CheckResponse:
        token = type_of(request.urn)
        given, old = plain(request.new_inputs), plain(request.old_inputs)
        inputs, problems = self._cloud.check(token, request.name, given, old, request.random_seed)
        return provider.CheckResponse(inputs=wired(inputs), failures=_failures(problems))

    @_refusing
    async def diff(self, request: DiffRequest) -> provider.DiffResponse:
        token, new = type_of(request.urn), plain(request.new_inputs)
        old, state = plain(request.old_inputs), plain(request.old_state)
        changes = self._cloud.diff(token, old, new, state, request.ignore_changes)
        replaces = sorted({change.path for change in changes if change.reference})
        in_the_way = bool(replaces) and self._cloud.same_name(token, request.name, request.resource_id, new)
        return provider.DiffResponse(
            changes=bool(changes),
            replaces=replaces,
            diffs=sorted({change.path for change in changes}),
            detailed_diff={change.path: _detail(change) for change in changes},
            delete_before_replace=in_the_way,
        )

    @_refusing
    async def create(self, request: provider.CreateRequest) -> provider.CreateResponse:
        token, inputs = type_of(request.urn), plain(request.properties)
        if request.preview:
            return provider.CreateResponse(properties=self._wired(token, self._cloud.plan(token, inputs)))
        record = await self._cloud.create(token, request.name, inputs)
        return provider.CreateResponse(resource_id=record.id, properties=self._outputs(record))

    @_refusing
    async def read(self, request: ReadRequest) -> provider.ReadResponse:
        found = self._cloud.read(type_of(request.urn), request.resource_id, plain(request.inputs))
        if found is None:
            return provider.ReadResponse(resource_id="", properties={}, inputs={})
        record, inputs = found
        return provider.ReadResponse(resource_id=record.id, properties=self._outputs(record), inputs=wired(inputs))

    @_refusing
    async def update(self, request: UpdateRequest) -> provider.UpdateResponse:
        token, new = type_of(request.urn), plain(request.news)
        if request.preview:
            planned = self._cloud.plan(token, new, (plain(request.old_inputs), plain(request.olds)))
            return provider.UpdateResponse(properties=self._wired(token, planned))
        record = await self._cloud.update(token, request.name, request.resource_id, new)
        return provider.UpdateResponse(properties=self._outputs(record))

    @_refusing
    async def delete(self, request: DeleteRequest) -> None:
        await self._cloud.delete(type_of(request.urn), request.name, request.resource_id)

    def _outputs(self, record: Record) -> dict[str, PropertyValue]:
        return self._wired(record.type, {**record.outputs, "id": record.id})

    def _wired(self, type: str, outputs: dict[str, Any]) -> dict[str, PropertyValue]:
        return wired(outputs, self._catalogue.entry(type).row.secrets)


def _failures(problems: list[Problem]) -> list[provider.CheckFailure]:
    return [provider.CheckFailure(property=problem.path, reason=problem.reason) for problem in problems]


def _detail(change: Change) -> PropertyDiff:
    return PropertyDiff(kind=_KINDS[change.kind, change.reference is not None], input_diff=True)
