"""The environment for tests through the real engine."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from sandbox.policy_shim import write_analyzer_shim

# A busy machine must not turn a slow example into a failure.
settings.register_profile("p2p-nodes", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("p2p-nodes")


@pytest.fixture(scope="session")
def engine_environment(engine_on_path: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which `pulumi` finds the policy pack's interpreter and nothing of the user's."""
    engine = shutil.which("pulumi")
    assert engine
    folder = tmp_path_factory.mktemp("engine")
    (folder / "bin").mkdir()
    write_analyzer_shim(folder / "bin", Path(sys.executable))
    return {
        "HOME": str(folder),
        "PATH": os.pathsep.join([str(folder / "bin"), str(Path(engine).parent), os.defpath]),
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "not a secret",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
