from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.dataplane.attachments import ATTACHED
from sandbox.dataplane.delays import Delays
from sandbox.dataplane.stages import kwok_command, render
from sandbox.layout import Layout
from sandbox.simulator.clock import Speed


def stages(speed: float, overrides: str = "") -> dict[str, dict[str, Any]]:
    delays = Delays.from_environment({"SANDBOX_DELAYS": overrides})
    return {s["metadata"]["name"]: s["spec"] for s in render(delays, Speed(factor=speed))}


def test_every_row_of_the_table_of_pods_has_stages() -> None:
    assert set(stages(600)) == {
        "node-initialize",
        "node-heartbeat",
        "pod-start",
        "pod-ready-p2p-node",
        "pod-ready",
        "pod-keep-address",
        "pod-complete",
        "pod-stop-p2p-node",
        "pod-stop",
        "pod-delete",
    }


@pytest.mark.parametrize(("speed", "milliseconds"), [(1, 12_000), (60, 200), (600, 20)])
def test_the_speed_scales_delays(speed: float, milliseconds: int) -> None:
    assert stages(speed)["pod-start"]["delay"] == {"durationMilliseconds": milliseconds}


def test_long_waits_end_at_a_time_of_the_pods_own() -> None:
    delay = stages(600, "p2p-node-sync=14400")["pod-ready-p2p-node"]["delay"]
    assert delay["durationMilliseconds"] == 24_000
    assert delay["durationFrom"]["expressionFrom"].endswith("| fromdate + 25 | todate")
    assert "durationFrom" not in stages(600, "p2p-node-sync=1800")["pod-ready-p2p-node"]["delay"]


def test_a_stop_never_outlasts_the_grace_period() -> None:
    expression = stages(60)["pod-stop-p2p-node"]["delay"]["durationFrom"]["expressionFrom"]
    assert expression == '([.metadata.deletionGracePeriodSeconds, 60.0] | min * 1000 / 60) | floor | tostring + "ms"'


def test_a_pod_is_of_one_kind() -> None:
    label = '.metadata.labels["app.kubernetes.io/component"]'
    operators = {
        name: [e["operator"] for e in spec["selector"]["matchExpressions"] if e["key"] == label]
        for name, spec in stages(600).items()
        if name.startswith(("pod-ready", "pod-stop"))
    }
    assert operators == {
        "pod-ready-p2p-node": ["In"],
        "pod-ready": ["NotIn"],
        "pod-stop-p2p-node": ["In"],
        "pod-stop": ["NotIn"],
    }


def test_the_command_names_its_configuration_by_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SANDBOX_DELAYS", raising=False)
    layout = Layout(root=tmp_path)
    slow, fast = (kwok_command(layout, Path("/bin/kwok"), Speed(factor=f)) for f in (1, 600))
    assert slow != fast
    assert slow == kwok_command(layout, Path("/bin/kwok"), Speed(factor=1))
    assert len(list((tmp_path / "dataplane").glob("kwok-*.yaml"))) == 1
    assert "--server-address=" in slow, "no port"
    [config] = [a.removeprefix("--config=") for a in slow if a.startswith("--config=")]
    assert len(list(yaml.safe_load_all(Path(config).read_text()))) == 10


def test_a_pod_with_claims_waits_for_its_volumes() -> None:
    keys = [e["key"] for e in stages(600)["pod-start"]["selector"]["matchExpressions"]]
    [key] = [key for key in keys if ATTACHED in key]
    assert "persistentVolumeClaim" in key
