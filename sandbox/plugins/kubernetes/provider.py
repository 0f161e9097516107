"""The plugin itself: the engine's requests, one after the other, answered with the modules beside this one."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from pulumi.provider.experimental import provider

from operations.facts import type_of
from sandbox.plugins.failures import PartialFailure, ResourceRefused
from sandbox.plugins.kubernetes.annotations import wishes
from sandbox.plugins.kubernetes.applying import Cluster
from sandbox.plugins.kubernetes.awaiting import NotReady
from sandbox.plugins.kubernetes.client import ApiServer
from sandbox.plugins.kubernetes.difference import difference
from sandbox.plugins.kubernetes.kubeconfig import connect, load_client, parse_kubeconfig
from sandbox.plugins.kubernetes.objects import FIELD_MANAGER, hide_secrets, is_secret, previewed, to_state
from sandbox.plugins.kubernetes.options import NOT_YET_KNOWN, Options, is_other_cluster, read_options
from sandbox.plugins.kubernetes.schemas import KindUnknown, Schemas
from sandbox.plugins.kubernetes.tokens import Kind, kind_of, resource_id
from sandbox.plugins.kubernetes.validation import faults
from sandbox.plugins.kubernetes.values import Object, Unknown, at, has_unknown, plain_map, to_property
from sandbox.plugins.requests import DeleteRequest, DiffRequest, Plugin, ReadRequest, UpdateRequest
from sandbox.plugins.servicer import THREADS

SCHEMAS_VARIABLE = "SANDBOX_SCHEMAS"


class KubernetesPlugin(Plugin):
    """Serves every kind of one API server, or judges objects by their schemas while there is no server yet."""

    def __init__(self) -> None:
        super().__init__()
        self._schemas = Schemas(Path(os.environ.get(SCHEMAS_VARIABLE, "")))
        self._options = Options(kubeconfig=NOT_YET_KNOWN)
        self._cluster: Cluster | None = None

    def prepare(self) -> None:
        """The client library and the schemas."""
        load_client()
        self._schemas.load()

    async def check_config(self, request: provider.CheckRequest) -> provider.CheckResponse:
        """Unknown options are replaced, or the engine would not call this plugin again."""
        news = plain_map(request.new_inputs)
        inputs = dict(request.new_inputs)
        if unknown := [key for key, value in news.items() if has_unknown(value)]:
            inputs = {key: value for key, value in inputs.items() if key not in unknown}
            inputs["kubeconfig"] = to_property(NOT_YET_KNOWN)
        failures = []
        try:
            options = read_options(plain_map(inputs))
            if options.is_known:
                options.active()
            elif not self._schemas.present:
                why = f"no cluster yet and nothing to judge its objects by: {SCHEMAS_VARIABLE} names no schema folder"
                failures.append(provider.CheckFailure("", why))
        except ResourceRefused as error:
            failures.append(provider.CheckFailure("", str(error)))
        return provider.CheckResponse(inputs, failures)

    async def diff_config(self, request: provider.DiffRequest) -> provider.DiffResponse:
        """Another cluster replaces the provider and with it all its objects, as the official plugin does."""
        olds, news = plain_map(request.old_state), plain_map(request.new_inputs)
        changed = sorted(key for key in {*olds, *news} if olds.get(key) != news.get(key) and key != "version")
        if not changed:
            return provider.DiffResponse(changes=False)
        other = is_other_cluster(read_options(olds), read_options(news))
        return provider.DiffResponse(changes=True, diffs=changed, replaces=changed if other else [])

    async def configure(self, request: provider.ConfigureRequest) -> provider.ConfigureResponse:
        """Connect to the cluster, if there is one yet."""
        self._options = read_options(plain_map(request.args))
        if self._options.is_known:
            self._cluster = await asyncio.to_thread(self._connect, self._options)
        return await super().configure(request)

    def _connect(self, options: Options) -> Cluster:
        active = options.active()
        client = connect(parse_kubeconfig(options.kubeconfig), active, cluster=options.cluster, connections=THREADS)
        return Cluster(
            server=ApiServer(client),
            namespace=active.namespace,
            upsert=options.upsert,
            force=options.patch_force,
            pause=self.pause,
        )

    async def check(self, request: provider.CheckRequest) -> provider.CheckResponse:
        """Judge the object by its schema, whether or not there is a cluster."""
        inputs = dict(request.new_inputs)
        try:
            obj = plain_map(request.new_inputs)
            kind = kind_of(type_of(request.urn), obj)
            failures = await asyncio.to_thread(self._failures, kind, obj)
        except ResourceRefused as error:
            return provider.CheckResponse(inputs, [provider.CheckFailure("", str(error))])
        if is_secret(kind):
            inputs |= {key: inputs[key].with_secret(True) for key in ("data", "stringData") if key in inputs}
        # The engine prints a failing property's value beside its name, so the path stands in the reason.
        return provider.CheckResponse(inputs, [provider.CheckFailure("", reason) for reason in failures])

    def _failures(self, kind: Kind, obj: Object) -> list[str]:
        wishes(obj)
        found = []
        if not at(obj, "metadata", "name") and not isinstance(at(obj, "metadata"), Unknown):
            found.append("metadata.name: required here; the sandbox's kubernetes plugin invents no names")
        if self._schemas.present:
            if kind.name == "CustomResourceDefinition":
                self._schemas.add_definition(obj)
            try:
                found += [f"{fault.path}: {fault.reason}" for fault in faults(self._schemas, kind, obj)]
            except KindUnknown:
                if not self._cluster:
                    raise
                # Others may have defined more kinds in the cluster; it judges their objects in the preview's dry run.
                self._cluster.server.resource(kind)
        return found

    async def diff(self, request: DiffRequest) -> provider.DiffResponse:  # type: ignore[override]
        """Compare inputs with inputs; drift is in the old ones after a refresh."""
        old, new = plain_map(request.old_inputs), plain_map(request.new_inputs)
        kind = kind_of(type_of(request.urn), new)
        if self._cluster:
            old, new = (self._cluster.with_namespace(obj, other) for obj, other in ((old, new), (new, old)))
        return difference(kind, old, new, ignored=request.ignore_changes, mutability=self._options.mutability)

    async def create(self, request: provider.CreateRequest) -> provider.CreateResponse:
        """Apply and await; in a preview a dry run, or what the schema allows to promise."""
        obj = plain_map(request.properties)
        kind = kind_of(type_of(request.urn), obj)
        manager = Cluster.manager_of(request.urn)
        with _Hiding(kind, obj):
            if request.preview:
                promised = await self._preview(kind, obj, manager=manager, updating=False)
                return provider.CreateResponse("", to_state(kind, promised))
            cluster = self._known_cluster()
            written = await cluster.create(kind, obj, manager=manager)
            live = await self._ready(kind, written, manager=manager, seconds=request.timeout)
            return provider.CreateResponse(resource_id(live), to_state(kind, live, manager=manager))

    async def update(self, request: UpdateRequest) -> provider.UpdateResponse:  # type: ignore[override]
        """Apply with the manager that created the object, and await."""
        obj = plain_map(request.news)
        kind = kind_of(type_of(request.urn), obj)
        kept = request.olds.get(FIELD_MANAGER)
        manager = str(kept.value) if kept else Cluster.manager_of(request.urn)
        with _Hiding(kind, obj):
            if request.preview:
                promised = await self._preview(kind, obj, manager=manager, updating=True)
                return provider.UpdateResponse(to_state(kind, promised, manager=manager))
            written = await self._known_cluster().apply(kind, obj, manager=manager)
            live = await self._ready(kind, written, manager=manager, seconds=request.timeout)
            return provider.UpdateResponse(to_state(kind, live, manager=manager))

    async def _preview(self, kind: Kind, obj: Object, *, manager: str, updating: bool) -> Object:
        answer = live = None
        if self._cluster and not has_unknown(obj):
            answer, live = await self._cluster.dry_run(kind, obj, manager=manager, updating=updating)
        return previewed(kind, obj, answer or obj, live=live if updating else None)

    async def _ready(self, kind: Kind, written: Object, *, manager: str, seconds: float) -> Object:
        try:
            return await self._known_cluster().until_ready(kind, written, seconds=seconds)
        except NotReady as error:
            raise PartialFailure(
                resource_id=resource_id(error.live),
                properties=to_state(kind, error.live, manager=manager),
                reasons=[hide_secrets(kind, reason, error.live) for reason in error.reasons],
            ) from error

    async def delete(self, request: DeleteRequest) -> None:  # type: ignore[override]
        """Delete and await; wishes are those that the object was last written with."""
        obj = plain_map(request.properties)
        obj = obj if at(obj, "metadata", "name") else plain_map(request.old_inputs)
        kind = kind_of(type_of(request.urn), obj)
        await self._known_cluster().delete(kind, request.resource_id, obj, request.timeout)

    async def read(self, request: ReadRequest) -> provider.ReadResponse:  # type: ignore[override]
        """The live object, and the inputs as it has them; not being ready is reported as the engine wants it."""
        state, inputs = plain_map(request.properties), plain_map(request.inputs)
        if not self._cluster:
            return provider.ReadResponse(request.resource_id, request.properties, request.inputs)
        kind = kind_of(type_of(request.urn), inputs or state)
        kept = request.properties.get(FIELD_MANAGER)
        manager = str(kept.value) if kept else Cluster.manager_of(request.urn)
        found = await self._cluster.read(kind, request.resource_id, inputs, manager=manager)
        if not found:
            return provider.ReadResponse()
        properties = to_state(kind, found.live, manager=manager)
        read = to_state(kind, found.inputs)
        if found.waiting_for:
            raise PartialFailure(
                resource_id=request.resource_id, properties=properties, inputs=read, reasons=[found.waiting_for]
            )
        return provider.ReadResponse(request.resource_id, properties, read)

    async def invoke(self, request: provider.InvokeRequest) -> provider.InvokeResponse:
        """None is served."""
        raise ResourceRefused(f"{request.tok}: the sandbox's kubernetes plugin serves no functions")

    def _known_cluster(self) -> Cluster:
        if not self._cluster:
            raise ResourceRefused("the provider's kubeconfig is not known, so there is no cluster to write to")
        return self._cluster


class _Hiding:
    """Keeps a Secret's values out of what the API server says about it."""

    def __init__(self, kind: Kind, obj: Object) -> None:
        self._kind = kind
        self._obj = obj

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ResourceRefused):
            error.args = (hide_secrets(self._kind, str(error), self._obj),)
