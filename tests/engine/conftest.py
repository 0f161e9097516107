"""Fixtures of the engine tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.checkouts import Checkout, copy_of_the_sources


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """One checkout; nothing of its sandbox runs afterwards."""
    made = copy_of_the_sources(tmp_path / "checkout")
    yield made
    made.make("down")
    assert made.processes() == []


@pytest.fixture
def second_checkout(tmp_path: Path) -> Iterator[Checkout]:
    """Another one beside it."""
    made = copy_of_the_sources(tmp_path / "second")
    yield made
    made.make("down")
    assert made.processes() == []
