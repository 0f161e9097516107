"""Simulated time."""

from __future__ import annotations

import pytest

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


def test_half_an_hour_takes_three_seconds() -> None:
    assert Speed(factor=600).real(1800) == 3
