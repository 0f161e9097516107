# ruff: noqa: N802, ARG002 - gRPC gives the methods their names and arguments
"""The SDK's experimental provider server, mended where it falls short, and the process around it.

What is mended: unknown values can be told and understood, errors carry no traceback, 'created but not ready' reaches
the engine, `DiffConfig` keeps its answer, old inputs reach the plugin, blocking calls have threads enough, and the
process ends with the engine that started it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.provider.experimental import provider
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.layout import Layout
from sandbox.plugins.failures import LOG, PartialFailure, ResourceRefused, answering
from sandbox.plugins.requests import DeleteRequest, DiffRequest, Plugin, ReadRequest, UpdateRequest
from sandbox.plugins.wire import marshal, unmarshal

__all__ = ["PartialFailure", "Plugin", "ResourceRefused", "Served", "Servicer", "serve"]

# An update may await every resource of the stack at once; a call that blocks must not hold up another one.
THREADS = 64
PARENT_CHECK_SECONDS = 1.0
ORPHANS_PARENT = 1
End = Callable[[], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Served:
    """A plugin with the name and the version that the engine knows it by."""

    plugin: Plugin
    name: str
    version: str


def diff_response(answer: provider.DiffResponse) -> provider_pb2.DiffResponse:
    """The wire form of a Diff or DiffConfig answer; `changes` None is 'unknown'."""
    if answer.changes is None:
        changes = provider_pb2.DiffResponse.DIFF_UNKNOWN
    elif answer.changes:
        changes = provider_pb2.DiffResponse.DIFF_SOME
    else:
        changes = provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        replaces=answer.replaces,
        stables=answer.stables,
        deleteBeforeReplace=answer.delete_before_replace,
        changes=changes,
        diffs=answer.diffs,
        detailedDiff={
            path: provider_pb2.PropertyDiff(
                kind=provider_pb2.PropertyDiff.Kind.Value(change.kind.name), inputDiff=change.input_diff
            )
            for path, change in answer.detailed_diff.items()
        },
        hasDetailedDiff=bool(answer.detailed_diff) or not answer.changes,
    )


def _check_response(answer: provider.CheckResponse) -> provider_pb2.CheckResponse:
    return provider_pb2.CheckResponse(
        inputs=None if answer.inputs is None else marshal(answer.inputs),
        failures=[provider_pb2.CheckFailure(property=f.property, reason=f.reason) for f in answer.failures or []],
    )


class Servicer(ProviderServicer):
    """Serves a `Plugin` to the engine."""

    _provider: Plugin

    @answering
    async def CheckConfig(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        checked = provider.CheckRequest(
            request.urn, unmarshal(request.olds), unmarshal(request.news), request.randomSeed
        )
        return _check_response(await self._provider.check_config(checked))

    @answering
    async def DiffConfig(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        return diff_response(await self._provider.diff_config(self._diff_request(request)))

    @answering
    async def Configure(self, request: Any, context: Any) -> provider_pb2.ConfigureResponse:
        answer = await self._provider.configure(
            provider.ConfigureRequest(
                dict(request.variables), unmarshal(request.args), request.acceptSecrets, request.acceptResources
            )
        )
        return provider_pb2.ConfigureResponse(
            acceptSecrets=answer.accept_secrets,
            acceptResources=answer.accept_resources,
            acceptOutputs=answer.accept_outputs,
            supportsPreview=answer.supports_preview,
        )

    @answering
    async def Invoke(self, request: Any, context: Any) -> provider_pb2.InvokeResponse:
        answer = await self._provider.invoke(provider.InvokeRequest(request.tok, unmarshal(request.args)))
        # `return` is a keyword in Python, so it cannot be written as an argument.
        values: dict[str, Any] = {"return": marshal(answer.return_value or {})}
        values["failures"] = [provider_pb2.CheckFailure(property=f.property, reason=f.reason) for f in answer.failures]
        return provider_pb2.InvokeResponse(**values)

    @answering
    async def Check(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        checked = provider.CheckRequest(
            request.urn, unmarshal(request.olds), unmarshal(request.news), request.randomSeed
        )
        return _check_response(await self._provider.check(checked))

    @answering
    async def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        return diff_response(await self._provider.diff(self._diff_request(request)))

    @answering
    async def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:
        answer = await self._provider.create(
            provider.CreateRequest(request.urn, unmarshal(request.properties), request.timeout, request.preview)
        )
        return provider_pb2.CreateResponse(id=answer.resource_id or "", properties=marshal(answer.properties))

    @answering
    async def Update(self, request: Any, context: Any) -> provider_pb2.UpdateResponse:
        update = UpdateRequest(
            request.urn,
            request.id,
            unmarshal(request.olds),
            unmarshal(request.news),
            timeout=request.timeout,
            ignore_changes=list(request.ignoreChanges),
            preview=request.preview,
        )
        update.old_inputs = unmarshal(request.old_inputs)
        answer = await self._provider.update(update)
        return provider_pb2.UpdateResponse(properties=marshal(answer.properties))

    @answering
    async def Delete(self, request: Any, context: Any) -> empty_pb2.Empty:
        delete = DeleteRequest(request.urn, request.id, unmarshal(request.properties), timeout=request.timeout)
        delete.old_inputs = unmarshal(request.old_inputs)
        await self._provider.delete(delete)
        return empty_pb2.Empty()

    @answering
    async def Read(self, request: Any, context: Any) -> provider_pb2.ReadResponse:
        read = ReadRequest(request.urn, request.id, unmarshal(request.properties), unmarshal(request.inputs))
        read.timeout = request.timeout
        answer = await self._provider.read(read)
        if not answer.resource_id:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=answer.resource_id, properties=marshal(answer.properties), inputs=marshal(answer.inputs)
        )

    @staticmethod
    def _diff_request(request: Any) -> DiffRequest:
        diff = DiffRequest(
            request.urn, request.id, unmarshal(request.olds), unmarshal(request.news), list(request.ignoreChanges)
        )
        diff.old_inputs = unmarshal(request.old_inputs)
        return diff


def _log_to_file(name: str) -> None:
    LOG.setLevel(logging.INFO)
    folder = Layout.from_environment().logs
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.FileHandler(folder / f"plugin-{name}.log")
    except OSError:
        handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(process)d] %(message)s"))
    LOG.addHandler(handler)
    LOG.propagate = False


async def _until_parent_ends() -> None:
    parent = os.getppid()
    # Process 1 adopts what has lost its parent: then the engine ended before it could be seen.
    while parent != ORPHANS_PARENT and os.getppid() == parent:
        await asyncio.sleep(PARENT_CHECK_SECONDS)


async def started(plugin: Plugin, *, version: str, engine: str, args: list[str]) -> tuple[grpc.aio.Server, int]:
    """(a server of `plugin` in the running loop, which gets its threads, and the server's port)."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=THREADS))
    server = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS)
    servicer = Servicer(args, version, plugin, engine_address=engine)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, port


async def _serve(served: Served, *, engine: str, args: list[str], end: End) -> None:
    server, port = await started(served.plugin, version=served.version, engine=engine, args=args)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await end()
    # Nobody is left to hear an answer; waits under way end, single API calls finish.
    await served.plugin.cancel()
    await server.stop(grace=1)


def serve(served: Served, *, args: Sequence[str], end: End = _until_parent_ends) -> None:
    """Serve a plugin until `end` returns, by default when the engine that started this process ends.

    `args` are the command line without the program: the engine's address and its log flags. The port goes to standard
    output, as the engine expects; the log goes to `plugin-<name>.log` in the sandbox's log folder.
    """
    program = f"pulumi-resource-{served.name}"
    parser = argparse.ArgumentParser(prog=program, description="Pulumi resource plugin (gRPC server)")
    parser.add_argument("engine", nargs="?", default="", help="address of the engine")
    known, _ = parser.parse_known_args(list(args))
    _log_to_file(served.name)
    try:
        asyncio.run(_serve(served, engine=known.engine, args=list(args), end=end))
    except KeyboardInterrupt:
        LOG.info("interrupted")
