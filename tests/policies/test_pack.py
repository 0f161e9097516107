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
from guardrails.plain import UNKNOWN
from pulumi_policy.proxy import (
    UNKNOWN_ARRAY_VALUE,
    UNKNOWN_BOOLEAN_VALUE,
    UNKNOWN_NUMBER_VALUE,
    UNKNOWN_OBJECT_VALUE,
    UNKNOWN_STRING_VALUE,
)

from benchmarks.guardrails_objects import state as state_of
from tests.policies.case_files import FILES, Case, keys_of

pytestmark = pytest.mark.engine

_PACK = Path(__file__).parents[2] / "policies"
_STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
_PODS = [
    "core/v1:Pod",
    "core/v1:PodTemplate",
    "core/v1:ReplicationController",
    "apps/v1:StatefulSetPatch",
    "apps/v1:ReplicaSet",
    "apps/v1:DaemonSet",
    "batch/v1:Job",
    "batch/v1:CronJob",
]


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
        state.write_text(json.dumps(state_of(resources)), encoding="utf-8")
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


def _workload(name: str, image: Any) -> tuple[str, str, Any]:
    return _STATEFUL_SET, name, {"spec": {"template": {"spec": {"containers": [{"name": "node", "image": image}]}}}}


def test_latest_is_refused(analyze: Analyze) -> None:
    analysis = analyze([_workload("good", "automata:v1.2.3"), _workload("bad", "atactr/automata:latest")])
    [event] = [event for event in analysis.events if event["policyName"] == "image-immutable-tag"]
    assert analysis.status != 0
    assert event["enforcementLevel"] == "mandatory"
    assert event["resourceUrn"].endswith(f"{_STATEFUL_SET}::bad")
    assert 'StatefulSet "bad", spec.template.spec.containers[0].image\n' in event["message"]
    assert '"atactr/automata:latest"' in event["message"]


def test_what_is_none_of_its_business_passes(analyze: Analyze) -> None:
    analysis = analyze([("gcp:compute/router:Router", "router", {"network": "vpc"})])
    assert analysis.status == 0, analysis.output
    assert analysis.events == []


def test_an_unknown_image_is_noted_at_no_level_that_stops(analyze: Analyze) -> None:
    analysis = analyze([_workload("later", UNKNOWN_STRING_VALUE)])
    [event] = [event for event in analysis.events if event["policyName"] == "image-immutable-tag"]
    assert event["enforcementLevel"] == "advisory"
    assert 'StatefulSet "later", spec.template.spec.containers[0].image was not judged' in event["message"]
    assert UNKNOWN_STRING_VALUE not in analysis.output


_BASELINES = [one for file in FILES for one in Case(file=file, data={}).baseline]
_TYPES = sorted({one["type"] for one in _BASELINES} | {f"kubernetes:{kind}" for kind in _PODS})
_LEAVES = [
    *(None, True, False, 0, -1, 1.5, 1e300, "", "a:latest", "\n", "0.0.0.0/0", "50%", "1Gi", "[secret]", "a" * 5000),
    *(UNKNOWN_STRING_VALUE, UNKNOWN_OBJECT_VALUE, UNKNOWN_ARRAY_VALUE, UNKNOWN_NUMBER_VALUE, UNKNOWN_BOOLEAN_VALUE),
]


def _random(source: random.Random, keys: list[str], depth: int = 0) -> Any:
    match source.randrange(4 if depth < 7 else 2):
        case 0 | 1:
            return source.choice(_LEAVES)
        case 2:
            return [_random(source, keys, depth + 1) for _ in range(source.randrange(4))]
        case _:
            chosen = source.sample(keys, min(len(keys), source.randrange(1, 6)))
            return {key: _random(source, keys, depth + 1) for key in chosen}


def _spoilt(source: random.Random, value: Any, keys: list[str]) -> Any:
    """The value with a tenth of what is in it replaced by anything."""
    if source.random() < 0.1:
        return _random(source, keys, depth=4)
    match value:
        case dict():
            return {key: _spoilt(source, below, keys) for key, below in value.items()}
        case list():
            return [_spoilt(source, below, keys) for below in value]
        case _:
            return None if value is UNKNOWN else value


def test_malformed_resources_crash_nothing(analyze: Analyze) -> None:
    source = random.Random(20261123)  # noqa: S311  reproducible, not secret
    keys = sorted({key for one in _BASELINES for key in keys_of(one["props"])} | {"__target", ""})
    shapes: list[Any] = [
        {},
        {"spec": None},
        {"spec": "text"},
        {"spec": {"containers": None}},
        {"spec": {"containers": "node"}},
        {"spec": {"containers": [[{"image": "a:latest"}], None, 7, {"image": 7}]}},
    ]
    resources = [
        *((type_, shape) for type_ in _TYPES for shape in shapes),
        *(
            (one["type"], {key: _spoilt(source, below, keys) for key, below in one["props"].items()})
            for one in _BASELINES
            for _ in range(3)
        ),
        *(
            (type_, {key: _random(source, keys) for key in ("spec", "metadata", *source.sample(keys, 3))})
            for type_ in _TYPES
            for _ in range(3)
        ),
    ]
    named = [(type_, f"malformed-{number}", shape) for number, (type_, shape) in enumerate(resources)]
    analysis = analyze([*named, _workload("witness", "automata:latest")])
    assert "Exception" not in analysis.output
    assert "The fault is the control's" not in analysis.output
    assert UNKNOWN_STRING_VALUE not in analysis.output
    assert any(event["resourceUrn"].endswith("::witness") for event in analysis.events)
