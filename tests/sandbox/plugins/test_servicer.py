"""The mended server: what the engine receives for each way an operation can end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2
from pulumi.provider.experimental import provider
from pulumi.provider.experimental.property_value import PropertyValue, PropertyValueType
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.layout import CHECKOUT
from sandbox.plugins.failures import OperationCancelled, PartialFailure, ResourceRefused
from sandbox.plugins.requests import DeleteRequest, DiffRequest, Plugin, UpdateRequest
from sandbox.plugins.servicer import _until_parent_ends, started
from sandbox.plugins.wire import SENTINELS, marshal, unmarshal

URN = "urn:pulumi:s::p::pkg:index:Thing::one"


class Scripted(Plugin):
    """Does in each operation what the resource's `do` input says."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, object] = {}

    async def create(self, request: provider.CreateRequest) -> provider.CreateResponse:
        what = request.properties["do"].value
        if what == "refuse":
            raise ResourceRefused("quota exceeded in project p")
        if what == "crash":
            raise KeyError("a\nbug")
        if what == "half":
            raise PartialFailure(
                resource_id="made", properties={"size": PropertyValue(1.0)}, reasons=["no address yet", "no nodes"]
            )
        if what == "wait":
            await self.pause(60, "waiting for one")
        if what == "block":
            await asyncio.to_thread(time.sleep, 0.5)
        return provider.CreateResponse("made", {"size": PropertyValue(2.0)})

    async def update(self, request: UpdateRequest) -> provider.UpdateResponse:  # type: ignore[override]
        self.seen["update"] = request.old_inputs["size"].value
        return provider.UpdateResponse({})

    async def diff(self, request: DiffRequest) -> provider.DiffResponse:  # type: ignore[override]
        self.seen["diff"] = request.old_inputs["size"].value
        kind = provider.PropertyDiffKind.UPDATE_REPLACE
        return provider.DiffResponse(
            changes=True, replaces=["size"], detailed_diff={"size": provider.PropertyDiff(kind, True)}
        )

    async def diff_config(self, request: provider.DiffRequest) -> provider.DiffResponse:
        return provider.DiffResponse(changes=bool(request.new_inputs))

    async def delete(self, request: DeleteRequest) -> None:  # type: ignore[override]
        self.seen["delete"] = request.old_inputs["size"].value


@asynccontextmanager
async def served(plugin: Plugin) -> AsyncIterator[provider_pb2_grpc.ResourceProviderStub]:
    server, port = await started(plugin, version="1.0.0", engine="", args=[])
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    await server.stop(0)


def fields(**values: Any) -> Any:
    return PropertyValue.marshal_map({k: PropertyValue(v) for k, v in values.items()})


async def create_failure(what: str) -> grpc.aio.AioRpcError:
    async with served(Scripted()) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Create(provider_pb2.CreateRequest(urn=URN, properties=fields(do=what)))
    return caught.value


def test_a_refusal_is_its_message_alone_and_leaves_nothing_in_doubt() -> None:
    error = asyncio.run(create_failure("refuse"))
    assert error.details() == "quota exceeded in project p"
    assert error.code() is grpc.StatusCode.FAILED_PRECONDITION


def test_a_bug_is_one_line_without_a_traceback() -> None:
    error = asyncio.run(create_failure("crash"))
    assert error.details().startswith("unexpected failure in Create: KeyError: 'a\\nbug'")
    assert "\n" not in error.details()
    assert "File " not in error.details()
    assert error.code() is grpc.StatusCode.UNKNOWN


def test_created_but_not_ready_carries_the_object_and_the_reasons() -> None:
    error = asyncio.run(create_failure("half"))
    status = status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert (detail.id, list(detail.reasons)) == ("made", ["no address yet", "no nodes"])
    assert detail.properties["size"] == 1.0
    assert not detail.HasField("inputs")
    assert error.code() is grpc.StatusCode.UNKNOWN


@pytest.mark.parametrize(
    ("changed", "expected"), [(True, provider_pb2.DiffResponse.DIFF_SOME), (False, provider_pb2.DiffResponse.DIFF_NONE)]
)
def test_diff_config_keeps_its_answer(changed: bool, expected: int) -> None:
    async def run() -> Any:
        async with served(Scripted()) as stub:
            news = fields(a=1.0) if changed else fields()
            return await stub.DiffConfig(provider_pb2.DiffRequest(urn=URN, id="x", news=news))

    assert asyncio.run(run()).changes == expected


def test_diff_kinds_reach_the_engine() -> None:
    async def run() -> Any:
        async with served(Scripted()) as stub:
            return await stub.Diff(provider_pb2.DiffRequest(urn=URN, id="x", old_inputs=fields(size=3.0)))

    answer = asyncio.run(run())
    assert answer.detailedDiff["size"].kind == provider_pb2.PropertyDiff.UPDATE_REPLACE
    assert list(answer.replaces) == ["size"]


def test_old_inputs_reach_diff_update_and_delete() -> None:
    plugin = Scripted()

    async def run() -> None:
        async with served(plugin) as stub:
            old = fields(size=3.0)
            await stub.Diff(provider_pb2.DiffRequest(urn=URN, id="x", old_inputs=old))
            await stub.Update(provider_pb2.UpdateRequest(urn=URN, id="x", old_inputs=old))
            await stub.Delete(provider_pb2.DeleteRequest(urn=URN, id="x", old_inputs=old))

    asyncio.run(run())
    assert plugin.seen == {"diff": 3.0, "update": 3.0, "delete": 3.0}


def test_secrets_are_left_to_the_engine() -> None:
    async def run() -> Any:
        async with served(Scripted()) as stub:
            return await stub.Configure(provider_pb2.ConfigureRequest(acceptSecrets=True))

    answer = asyncio.run(run())
    assert not answer.acceptSecrets
    assert answer.supportsPreview


def test_unknown_values_pass_both_ways() -> None:
    values = {"a": PropertyValue({"deep": PropertyValue([PropertyValue.computed(), PropertyValue("known")])})}
    struct = marshal(values)
    assert struct["a"]["deep"][0] == SENTINELS[0]
    back: Any = unmarshal(struct)["a"].value
    unknown, known = back["deep"].value
    assert (unknown.type, known.value) == (PropertyValueType.COMPUTED, "known")
    for sentinel in SENTINELS:
        assert unmarshal(fields(a=sentinel))["a"].type is PropertyValueType.COMPUTED


def test_cancel_ends_waits_promptly() -> None:
    async def run() -> tuple[str, float]:
        async with served(Scripted()) as stub:
            call = asyncio.ensure_future(stub.Create(provider_pb2.CreateRequest(urn=URN, properties=fields(do="wait"))))
            await asyncio.sleep(0.2)
            begun = time.monotonic()
            await stub.Cancel(empty_pb2.Empty())
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call
            return caught.value.details(), time.monotonic() - begun

    details, seconds = asyncio.run(run())
    assert details == str(OperationCancelled("waiting for one"))
    assert seconds < 2


def test_calls_that_block_do_not_hold_up_each_other() -> None:
    async def run() -> float:
        async with served(Scripted()) as stub:
            request = provider_pb2.CreateRequest(urn=URN, properties=fields(do="block"))
            begun = time.monotonic()
            await asyncio.gather(*(stub.Create(request) for _ in range(48)))
            return time.monotonic() - begun

    # Each blocks for 0.5 s: one after the other they take 24 s, with asyncio's own few threads more than 2 s.
    assert asyncio.run(run()) < 1.5


def test_unimplemented_operations_say_so() -> None:
    async def run() -> grpc.aio.AioRpcError:
        async with served(Plugin()) as stub:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await stub.Invoke(provider_pb2.InvokeRequest(tok="a:b:c"))
        return caught.value

    assert asyncio.run(run()).code() is grpc.StatusCode.UNIMPLEMENTED


def test_an_engine_that_ended_before_it_was_seen_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getppid", lambda: 1)
    asyncio.run(asyncio.wait_for(_until_parent_ends(), timeout=5))


def test_the_process_ends_with_the_engine_that_started_it(tmp_path: Path) -> None:
    engine = (
        "import subprocess, sys\n"
        "plugin = subprocess.Popen([sys.executable, '-m', 'sandbox.plugins.kubernetes', '127.0.0.1:1'], "
        "stdout=subprocess.PIPE, text=True)\n"
        "print(plugin.pid, plugin.stdout.readline().strip(), flush=True)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", engine],
        cwd=CHECKOUT,
        env={**os.environ, "SANDBOX_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    pid, port = (int(number) for number in told.stdout.split())
    assert port
    deadline = time.monotonic() + 15
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the plugin outlives its engine"
        time.sleep(0.2)
