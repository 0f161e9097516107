"""The control plane that other tests share."""

from __future__ import annotations

import pytest

from sandbox.controlplane import status
from sandbox.layout import Layout


@pytest.mark.controlplane
def test_the_shared_control_plane_is_ready(controlplane: Layout) -> None:
    assert status(controlplane).ready
