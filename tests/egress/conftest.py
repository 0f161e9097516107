"""The laboratory, one for each test file and process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.egress import Laboratory, laboratory


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """Tests of one file share it: name domains and number proxies apart, or forget what was before."""
    with laboratory(tmp_path_factory.mktemp("egress") / "laboratory") as made:
        yield made
