"""The program in `bootstrap/` on this machine: the real engine and the simulated cloud, without a control plane."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pulumi import automation

from operations.adapters.bootstrap import open_bootstrap
from operations.adapters.engine import Engine
from sandbox import engine_folder
from sandbox.files import usable
from sandbox.layout import Layout

PROJECT = "p2p-nodes-sandbox"
"""The project of Pulumi.sandbox.yaml: both programs see one simulated cloud."""


def folder(layout: Layout) -> Path:
    """Where the program's own state is: what is removed here is found in the simulated cloud again."""
    return layout.engine / "bootstrap"


def open_in_the_sandbox(
    layout: Layout, environment: Mapping[str, str], *, engine: Path, location: str | None
) -> Engine:
    """The bootstrap of the sandbox's project, made where it does not exist yet.

    Raises:
        OperationError: the sandbox's folder cannot be written, or the engine cannot open the stack.
    """
    with usable(layout):
        engine_folder.prepare_engine(layout, engine)
        # Only the kubernetes plugin reads schemas.
        plugin = engine_folder.write_plugin(layout, "gcp", layout.root / "schemas")
    return open_bootstrap(
        PROJECT,
        location=location,
        folder=folder(layout),
        environment=environment,
        plugins=engine_folder.by_path({"gcp": plugin}),
        command=automation.PulumiCommand(root=str(layout.root)),
    )


def owned(layout: Layout) -> frozenset[str]:
    """The ids that the program's state holds: they outlive the platform, and are nobody's left-overs."""
    found: set[str] = set()
    for file in (folder(layout) / "state" / ".pulumi" / "stacks").rglob("*.json"):
        try:
            latest = json.loads(file.read_text(encoding="utf-8"))["checkpoint"]["latest"]
            found |= {resource["id"] for resource in latest["resources"] if "id" in resource}
        except (ValueError, KeyError, TypeError):
            # Empty or damaged: nothing is known of what it owned.
            continue
    return frozenset(found)
