# ruff: noqa: N818 - named after what happened to the resource, as the engine does
"""What a plugin raises, and how each kind reaches the engine."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import wraps
from typing import Any, NoReturn, TypeVar

import grpc
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime.proto import provider_pb2, status_pb2

from sandbox.plugins.wire import marshal

LOG = logging.getLogger("sandbox.plugins")
Response = TypeVar("Response")
Handler = Callable[[Any, Any, Any], Awaitable[Response]]


class ResourceRefused(Exception):
    """An expected failure: nothing was changed. The message is all that the person sees."""


class OperationCancelled(ResourceRefused):
    """The engine asked the plugin to stop while an operation waited."""

    def __init__(self, what: str = "the operation") -> None:
        super().__init__(f"{what} was cancelled before it finished; run the update again to continue")


class PartialFailure(Exception):
    """The resource exists (or was changed), but is not in order. The engine keeps it and repairs it on the next update.

    `reasons` are shown one a line. `properties` become the resource's outputs; `inputs`, if given, replace its inputs
    (used by Read).
    """

    def __init__(
        self,
        *,
        resource_id: str,
        properties: Mapping[str, PropertyValue],
        reasons: Sequence[str],
        inputs: Mapping[str, PropertyValue] | None = None,
    ) -> None:
        super().__init__("; ".join(reasons))
        self.resource_id = resource_id
        self.properties = dict(properties)
        self.inputs = None if inputs is None else dict(inputs)
        self.reasons = list(reasons)


def partial_failure_status(failure: PartialFailure) -> status_pb2.Status:
    """The `google.rpc.Status` by which the engine recognises 'created but not ready'."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=failure.resource_id,
        properties=marshal(failure.properties),
        reasons=failure.reasons,
    )
    if failure.inputs is not None:
        detail.inputs.CopyFrom(marshal(failure.inputs))
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(failure))
    status.details.add().Pack(detail)
    return status


async def _abort(error: Exception, method: str, context: Any) -> NoReturn:
    if isinstance(error, PartialFailure):
        metadata = (("grpc-status-details-bin", partial_failure_status(error).SerializeToString()),)
        await context.abort(grpc.StatusCode.UNKNOWN, str(error), metadata)
    if isinstance(error, ResourceRefused):
        # Not UNKNOWN: that code tells the engine that the resource may be half made.
        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
    if isinstance(error, NotImplementedError):
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, str(error) or f"{method} is not implemented")
    LOG.error("%s failed unexpectedly", method, exc_info=error)
    text = " ".join(f"{type(error).__name__}: {error}".split())
    await context.abort(grpc.StatusCode.UNKNOWN, f"unexpected failure in {method}: {text} (traceback in {log_place()})")
    raise AssertionError("abort always raises")


def log_place() -> str:
    """Where this process logs: a file's path, or standard error."""
    for handler in LOG.handlers:
        if isinstance(handler, logging.FileHandler):
            return handler.baseFilename
    return "standard error"


def answering(handler: Handler[Response]) -> Handler[Response]:
    """Turn what `handler` raises into a gRPC status whose message is the error's message alone, without a traceback."""

    @wraps(handler)
    async def answer(servicer: Any, request: Any, context: Any) -> Response:
        try:
            return await handler(servicer, request, context)
        except grpc.aio.AbortError:
            raise
        except Exception as error:
            await _abort(error, handler.__name__, context)

    return answer
