"""Simulated time."""

from __future__ import annotations

import asyncio
import time

import pytest

from sandbox.simulator import clock
from sandbox.simulator.clock import Speed, SpeedInvalid


@pytest.mark.parametrize(("text", "factor"), [(None, 600), ("", 600), ("1", 1), ("0.5", 0.5), ("6e3", 6000)])
def test_speed_of_the_environment(monkeypatch: pytest.MonkeyPatch, text: str | None, factor: float) -> None:
    if text is None:
        monkeypatch.delenv("SANDBOX_SPEED", raising=False)
    else:
        monkeypatch.setenv("SANDBOX_SPEED", text)
    assert Speed.from_environment() == Speed(factor=factor)


@pytest.mark.parametrize("text", ["fast", "0", "-1", "inf", "nan"])
def test_a_senseless_speed_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SANDBOX_SPEED", text)
    with pytest.raises(SpeedInvalid, match=r"SANDBOX_SPEED is .*above 0"):
        Speed.from_environment()


def test_both_ways() -> None:
    speed = Speed(factor=600)
    assert speed.real(1800) == 3
    assert speed.simulated(3) == 1800


def test_waits_are_scaled_and_never_negative(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_SPEED", "1000")
    began = time.monotonic()
    clock.sleep(50)
    asyncio.run(Speed.from_environment().wait(50))
    clock.sleep(-1)
    asyncio.run(Speed.from_environment().wait(0))
    assert 0.1 <= time.monotonic() - began < 5
