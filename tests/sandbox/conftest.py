"""A control plane for those tests that say what there is in the whole cluster."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.layout import Layout
from sandbox.toolchain import Toolset
from tests.control_planes import running


@pytest.fixture(scope="module")
def own_controlplane(toolset: Toolset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """As `controlplane`, for one module alone."""
    yield from running(toolset, tmp_path_factory)
