"""Machines that the cloud has none of, for tests and drills: `stockouts.json` beside the data plane's journal."""

from __future__ import annotations

import json
from pathlib import Path

from sandbox.layout import Layout


class StockoutsMalformed(Exception):  # noqa: N818 - it says what is wrong
    """stockouts.json does not name machines. The message says what it must hold."""


def path(layout: Layout) -> Path:
    """Where they stand."""
    return layout.root / "dataplane" / "stockouts.json"


def read(layout: Layout) -> frozenset[str]:
    """Machine families (`n4`) and machine types (`n2-standard-4`); none without a file. Raises StockoutsMalformed."""
    file = path(layout)
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError) as problem:
        raise StockoutsMalformed(f"{file} cannot be read: {problem}. Correct it or remove it.") from problem
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise StockoutsMalformed(
            f"{file} is malformed: it must be a list of machine families (n4) and machine types (n2-standard-4). "
            f"Correct it or remove it."
        )
    return frozenset(found)
