"""The real engine with nothing but the simulator of Google Cloud: for tests of what no cluster is needed for."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from sandbox import engine_folder
from sandbox.layout import Layout


@contextmanager
def engine_on_gcp(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Layout]:
    """A folder below `root` for inline programs: a backend, a passphrase, the gcp plugin, hardly any waiting."""
    layout = Layout(root=root / "sandbox")
    for folder in (layout.bin, layout.engine / "home", layout.engine / "state"):
        folder.mkdir(parents=True)
    plugin = engine_folder.write_plugin(layout, "gcp", layout.root / "schemas")
    environment = {
        "PULUMI_HOME": str(layout.engine / "home"),
        "PULUMI_BACKEND_URL": f"file://{layout.engine / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "sandbox",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "SANDBOX_HOME": str(layout.root),
        "SANDBOX_SPEED": "100000",
        "PATH": f"{layout.bin}{os.pathsep}{os.environ['PATH']}",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    project = {"name": "p2p-nodes", "runtime": "python", "plugins": engine_folder.by_path({"gcp": plugin})}
    (layout.engine / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    yield layout
    # A refused program leaves a coroutine of the SDK behind. Its end in the middle of a later import upsets Python 3.11
    # ("AST constructor recursion depth mismatch"): it ends here.
    gc.collect()
