from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.dataplane.stockouts import StockoutsMalformed, path, read
from sandbox.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(root=tmp_path)
    path(found).parent.mkdir()
    return found


def test_without_the_file_the_cloud_has_everything(layout: Layout) -> None:
    assert read(layout) == frozenset()


def test_families_and_types_are_read(layout: Layout) -> None:
    path(layout).write_text('["n4", "n2-standard-4"]')
    assert read(layout) == {"n4", "n2-standard-4"}


@pytest.mark.parametrize("text", ["[", '{"n4": 1}', "[1]", '"n4"'])
def test_anything_else_is_refused_with_the_files_name(layout: Layout, text: str) -> None:
    path(layout).write_text(text)
    with pytest.raises(StockoutsMalformed, match=r"stockouts\.json .*Correct it or remove it"):
        read(layout)
