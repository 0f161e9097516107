"""A simulated cloud of its own for every test, with a control plane that is said to run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.layout import Layout
from sandbox.simulator.catalogue import Catalogue
from sandbox.simulator.clock import Speed
from sandbox.simulator.cloud import Cloud
from sandbox.simulator.identity import Defaults
from sandbox.simulator.store import Record, Store

Make = Callable[..., Record]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(root=tmp_path)
    found.controlplane.mkdir()
    found.endpoint.write_text(
        json.dumps({"server": "https://127.0.0.1:1", "host": "127.0.0.1:1", "ca_pem": "PEM", "token": "t"})
    )
    return found


@pytest.fixture
def store(layout: Layout) -> Store:
    return Store(layout)


@pytest.fixture
def cloud(layout: Layout, store: Store, catalogue: Catalogue) -> Cloud:
    async def pause(seconds: float, what: str) -> None:
        await asyncio.sleep(0)

    return Cloud(
        layout=layout,
        store=store,
        catalogue=catalogue,
        defaults=Defaults(project="simulated", region="europe-west4"),
        speed=Speed(factor=1_000_000),
        pause=pause,
    )


@pytest.fixture
def make(cloud: Cloud) -> Make:
    """Create a resource, by the last part of its type token."""

    def create(kind: str, **inputs: Any) -> Record:
        token = next(t for t in _tokens() if t.endswith(f":{kind}"))
        checked, problems = cloud.check(token, kind.lower(), inputs, {}, b"")
        assert problems == []
        return asyncio.run(cloud.create(token, kind.lower(), checked))

    return create


def _tokens() -> list[str]:
    from sandbox.simulator.catalogue import rows

    return list(rows())
