from __future__ import annotations

from typing import Any

import pytest

from components import node_probes
from settings import NodeSettings


def probe(which: str, **given: Any) -> Any:
    return getattr(node_probes, which)(NodeSettings(**given))


@pytest.mark.parametrize(
    ("which", "profile", "path", "port", "host"),
    [
        ("startup", "two-port", "/health", "http", "localhost:9933"),
        ("readiness", "two-port", "/health", "http", "localhost:9933"),
        ("startup", "single-port", "/health", "rpc", "localhost:9944"),
        ("readiness", "single-port", "/health/readiness", "rpc", "localhost:9944"),
    ],
)
def test_who_is_asked_what(which: str, profile: str, path: str, port: str, host: str) -> None:
    asked = probe(which, profile=profile).http_get
    assert (asked.path, asked.port) == (path, port)
    assert [(header.name, header.value) for header in asked.http_headers] == [("Host", host)]


@pytest.mark.parametrize("minutes", [5, 60, 1440])
def test_the_start_has_as_long_as_the_setting_says(minutes: int) -> None:
    startup = probe("startup", startup_minutes=minutes)
    assert startup.period_seconds * startup.failure_threshold == minutes * 60


def test_only_a_node_that_hangs_is_killed() -> None:
    """Ten minutes without an answer, of a server that RPC's clients cannot fill."""
    liveness: Any = node_probes.liveness()
    assert (liveness.http_get.path, liveness.http_get.port) == ("/metrics", "prometheus")
    assert liveness.period_seconds * liveness.failure_threshold == 600
    assert liveness.timeout_seconds >= 30
