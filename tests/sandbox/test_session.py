"""The program as the sandbox runs it."""

from __future__ import annotations

import asyncio
import inspect
import runpy
import threading
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import settings
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.stack import run_in_stack

from sandbox import session
from tests.program_mocks import on_mocks

MANY = """
import pulumi

for number in range(300):
    pulumi.ComponentResource("a:b:C", f"c{number}").urn.apply(str)
"""


def test_the_program_does_not_wait_for_debug_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(pulumi.log, "debug", sent.append)
    monkeypatch.setattr(runpy, "run_path", lambda *_, **__: pulumi.log.debug("preparing"))
    asyncio.run(session.the_program())
    assert sent == []


def test_outputs_are_not_looked_at_again_for_every_registration(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The SDK does that where no registration has begun: a cost that grows with the square of their number."""
    monkeypatch.setattr(session, "PROGRAM", tmp_path / "__main__.py")
    session.PROGRAM.write_text(MANY)
    looked_at = 0
    wait = asyncio.wait

    async def counted(pending: Collection[Any], **how: Any) -> Any:
        nonlocal looked_at
        looked_at += len(pending)
        return await wait(pending, **how)

    register = MockMonitor.RegisterResource
    one_by_one = threading.Lock()

    def slowly(monitor: MockMonitor, request: Any) -> Any:
        with one_by_one:
            time.sleep(0.001)
        return register(monitor, request)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(MockMonitor, "RegisterResource", slowly)
    monkeypatch.setattr(asyncio, "wait", counted)

    async def runs() -> None:
        # The mocks' own registration has begun already, which the engine's has not.
        settings._get_rpc_manager().clear()
        await run_in_stack(session.the_program)

    world = on_mocks(runs)
    assert len(world.resources) == 300
    assert looked_at < 10 * 300


def test_a_program_s_own_debug_messages_are_taken() -> None:
    wanted = inspect.signature(pulumi.log.debug).parameters
    assert list(inspect.signature(session.unheard).parameters) == list(wanted)
