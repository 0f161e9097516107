"""The SDK's requests with what its experimental server drops, and the base class of our plugins."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping

from pulumi.provider.experimental import provider
from pulumi.provider.experimental.property_value import PropertyValue

from sandbox.plugins.failures import OperationCancelled

Properties = Mapping[str, PropertyValue]
POLL_SECONDS = 0.2


class DiffRequest(provider.DiffRequest):
    """`old_state` are the old outputs; `old_inputs` the old checked inputs."""

    old_inputs: Properties = {}  # noqa: RUF012 - a default for requests made by hand


class UpdateRequest(provider.UpdateRequest):
    """`olds` are the old outputs; `old_inputs` the old checked inputs."""

    old_inputs: Properties = {}  # noqa: RUF012


class DeleteRequest(provider.DeleteRequest):
    """`properties` are the old outputs; `old_inputs` the old checked inputs."""

    old_inputs: Properties = {}  # noqa: RUF012


class ReadRequest(provider.ReadRequest):
    """`timeout` in seconds, 0 for the plugin's own limit."""

    timeout: float = 0


class Plugin(provider.Provider):
    """A resource provider that sees old inputs and can be cancelled.

    Secrets stay with the engine (`accept_secrets` false): it hands over plain values and marks the same places of what
    comes back. A plugin that copies a secret to another place must mark that itself.
    """

    def __init__(self) -> None:
        self.cancelled = threading.Event()

    def prepare(self) -> None:
        """Loads what the first requests will need, when there is time for it before they come."""

    async def configure(self, request: provider.ConfigureRequest) -> provider.ConfigureResponse:
        """Previews are answered by the plugin; secrets, outputs and references are the engine's business."""
        del request
        return provider.ConfigureResponse(supports_preview=True)

    async def diff(self, request: DiffRequest) -> provider.DiffResponse:  # type: ignore[override]
        """What changes, and whether that means a replacement."""
        raise NotImplementedError

    async def update(self, request: UpdateRequest) -> provider.UpdateResponse:  # type: ignore[override]
        """Bring the resource to `news`. Raises PartialFailure when it was changed but is not in order."""
        raise NotImplementedError

    async def delete(self, request: DeleteRequest) -> None:  # type: ignore[override]
        """Delete the resource; one that is gone already is no error."""
        raise NotImplementedError

    async def read(self, request: ReadRequest) -> provider.ReadResponse:  # type: ignore[override]
        """The resource as it is now; an empty `resource_id` says that it is gone."""
        raise NotImplementedError

    async def cancel(self) -> None:
        """Every `pause`, under way or to come, ends at once."""
        self.cancelled.set()

    async def pause(self, seconds: float, what: str = "the operation") -> None:
        """Sleep without holding a thread. Raises OperationCancelled naming `what` as soon as the engine cancels."""
        end = asyncio.get_running_loop().time() + seconds
        while not self.cancelled.is_set():
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                return
            await asyncio.sleep(min(left, POLL_SECONDS))
        raise OperationCancelled(what)
