"""The pack in the real engine: `pulumi policy analyze` over state files."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from pulumi_policy.proxy import UNKNOWN_OBJECT_VALUE, UNKNOWN_STRING_VALUE

pytestmark = pytest.mark.engine

_PACK = Path(__file__).parents[2] / "policies"
_STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """One run of `pulumi policy analyze`: its exit status, its policy events and all it printed."""

    status: int
    events: list[dict[str, Any]]
    output: str


Analyze: TypeAlias = Callable[[list[tuple[str, str, Any]]], Analysis]


@pytest.fixture
def analyze(engine_environment: dict[str, str], tmp_path: Path) -> Analyze:
    """Judges resources, given as type, name and inputs, with the real engine and the real pack."""

    def run(resources: list[tuple[str, str, Any]]) -> Analysis:
        state = tmp_path / "state.json"
        state.write_text(json.dumps(_state(resources)), encoding="utf-8")
        command = ["pulumi", "policy", "analyze", "--file", str(state), "--policy-pack", str(_PACK), "--json"]
        executable = shutil.which("pulumi", path=engine_environment["PATH"])
        run = subprocess.run(
            command,
            executable=executable,
            env=engine_environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        events = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
        return Analysis(
            status=run.returncode,
            events=[event["policyEvent"] for event in events if "policyEvent" in event],
            output=run.stdout + run.stderr,
        )

    return run


def _state(resources: list[tuple[str, str, Any]]) -> dict[str, Any]:
    """A state export that holds the resources and nothing else."""
    return {
        "version": 3,
        "deployment": {
            "manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""},
            "resources": [
                {
                    "urn": f"urn:pulumi:test::p2p-nodes::{type_}::{name}",
                    "type": type_,
                    "custom": True,
                    "id": name,
                    "inputs": inputs,
                    "outputs": inputs,
                }
                for type_, name, inputs in resources
            ],
        },
    }


def _workload(name: str, image: Any) -> tuple[str, str, Any]:
    return _STATEFUL_SET, name, {"spec": {"template": {"spec": {"containers": [{"name": "node", "image": image}]}}}}


def test_latest_is_refused(analyze: Analyze) -> None:
    analysis = analyze([_workload("good", "automata:v1.2.3"), _workload("bad", "atactr/automata:latest")])
    [event] = analysis.events
    assert analysis.status != 0
    assert event["policyName"] == "image-immutable-tag"
    assert event["enforcementLevel"] == "mandatory"
    assert event["resourceUrn"].endswith(f"{_STATEFUL_SET}::bad")
    assert 'StatefulSet "bad", spec.template.spec.containers[0].image\n' in event["message"]
    assert '"atactr/automata:latest"' in event["message"]


def test_a_good_image_passes(analyze: Analyze) -> None:
    analysis = analyze([_workload("good", "atactr/automata:contextfree-v0.1.0-rc4")])
    assert analysis.status == 0, analysis.output
    assert analysis.events == []


def test_an_unknown_image_is_noted_and_stops_nothing(analyze: Analyze) -> None:
    analysis = analyze([_workload("later", UNKNOWN_STRING_VALUE)])
    [event] = analysis.events
    assert analysis.status == 0, analysis.output
    assert event["enforcementLevel"] == "advisory"
    assert event["policyName"] == "image-immutable-tag"
    assert 'StatefulSet "later", spec.template.spec.containers[0].image was not judged' in event["message"]
    assert UNKNOWN_STRING_VALUE not in analysis.output


def _malformed(source: random.Random, depth: int = 0) -> Any:
    keys = [
        "spec",
        "template",
        "containers",
        "initContainers",
        "volumes",
        "image",
        "type",
        "externalIPs",
        "__target",
        "",
    ]
    leaves = [None, True, -1, 1.5, 1e300, "", "a:latest", "\n", "[secret]", UNKNOWN_STRING_VALUE, UNKNOWN_OBJECT_VALUE]
    match source.randrange(4 if depth < 7 else 2):
        case 0 | 1:
            return source.choice(leaves)
        case 2:
            return [_malformed(source, depth + 1) for _ in range(source.randrange(4))]
        case _:
            return {key: _malformed(source, depth + 1) for key in source.sample(keys, source.randrange(1, 6))}


def test_malformed_resources_crash_nothing(analyze: Analyze) -> None:
    source = random.Random(20261123)  # noqa: S311  reproducible, not secret
    kinds = [
        "core/v1:Pod",
        "apps/v1:StatefulSet",
        "apps/v1:StatefulSetPatch",
        "batch/v1:CronJob",
        "core/v1:PodTemplate",
        "core/v1:Service",
        "helm.sh/v3:Release",
    ]
    shapes: list[Any] = [
        {},
        {"spec": None},
        {"spec": "text"},
        {"spec": {"containers": None}},
        {"spec": {"containers": "node"}},
        {"spec": {"containers": [[{"image": "a:latest"}], None, 7, {"image": 7}]}},
        *({"spec": _malformed(source), "template": _malformed(source)} for _ in range(200)),
    ]
    resources = [
        (f"kubernetes:{kind}", f"malformed-{number}", shape)
        for number, shape in enumerate(shapes)
        for kind in (kinds if number < 6 else [source.choice(kinds)])
    ]
    analysis = analyze([*resources, _workload("witness", "automata:latest")])
    assert "Exception" not in analysis.output
    assert "The fault is the control's" not in analysis.output
    assert UNKNOWN_STRING_VALUE not in analysis.output
    assert any(event["resourceUrn"].endswith("::witness") for event in analysis.events)
