"""The program as the sandbox runs it."""

from __future__ import annotations

import inspect
import runpy

import pulumi
import pytest

from sandbox import session


def test_the_program_does_not_wait_for_debug_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(pulumi.log, "debug", sent.append)
    monkeypatch.setattr(runpy, "run_path", lambda *_, **__: pulumi.log.debug("preparing"))
    session.the_program()
    assert sent == []


def test_a_program_s_own_debug_messages_are_taken() -> None:
    wanted = inspect.signature(pulumi.log.debug).parameters
    assert list(inspect.signature(session.unheard).parameters) == list(wanted)
