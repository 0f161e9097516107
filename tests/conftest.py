"""What every test may need."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest

from sandbox.toolchain import resolve


@pytest.fixture(scope="session")
def engine_on_path() -> None:
    """The real engine: from PATH or the cache, else built. Its absence is a failure, never a skip."""
    engine = resolve(["pulumi"]).path("pulumi")
    os.environ["PATH"] = os.pathsep.join([str(engine.parent), os.environ["PATH"]])


@pytest.fixture(autouse=True)
def _engine_for_those_that_run_it(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.node.get_closest_marker("engine") is None:
        yield
        return
    request.getfixturevalue("engine_on_path")
    yield
    # A refused inline program leaves a coroutine of the SDK behind; collected in the middle of an import, it breaks it.
    gc.collect()
