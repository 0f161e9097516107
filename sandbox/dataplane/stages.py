"""kwok's configuration: what stands in for a kubelet, after the delays of the table at a speed."""

from __future__ import annotations

import copy
import csv
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import yaml

from sandbox.dataplane.changes import Json
from sandbox.dataplane.delays import Delays
from sandbox.layout import Layout
from sandbox.simulator.clock import Speed

STAGES = Path(__file__).with_name("stages")
PODS = Path(__file__).with_name("pods.csv")

# Below this many real seconds a delay is timed by kwok itself, to the millisecond; it starts over when the pod changes.
# Above, the end is computed from the pod's own timestamps, to the second: a change or a restart does not start it over.
PRECISE_REAL_SECONDS = 5.0

_STARTED = "[.status.containerStatuses[]?.state.running.startedAt // empty] | max"


@dataclass(frozen=True, kw_only=True)
class PodKind:
    """Pods with a label that get ready and stop by rows of their own."""

    label: str
    value: str
    ready: str
    stop: str


def pod_kinds() -> list[PodKind]:
    """The rows of pods.csv."""
    with PODS.open(encoding="utf-8", newline="") as file:
        return [PodKind(**row) for row in csv.DictReader(file)]


def kwok_command(layout: Layout, kwok: Path, speed: Speed) -> list[str]:
    """Write kwok's configuration and give the command that runs it. kwok listens on no port.

    The delays are those of SANDBOX_DELAYS in this process's environment. Raises DelaysInvalid, OSError.
    """
    folder = layout.root / "dataplane"
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump_all(render(Delays.from_environment(os.environ), speed), sort_keys=False)
    # The name changes with the content, so that whoever compares command lines restarts a kwok with other delays.
    path = folder / f"kwok-{hashlib.sha256(text.encode()).hexdigest()[:12]}.yaml"
    for outdated in set(folder.glob("kwok-*.yaml")) - {path}:
        outdated.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")
    return [
        # Without a folder of its own kwok would read ~/.kwok/kwok.yaml as well.
        "/usr/bin/env",
        f"KWOK_WORKDIR={folder / 'kwok'}",
        str(kwok),
        f"--kubeconfig={layout.kubeconfig}",
        f"--config={path}",
        "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
        # With leases a restarted kwok would leave its nodes alone until those of its predecessor have run out, for up
        # to 40 s: there is one kwok only, so heartbeats in the nodes' status do.
        "--node-lease-duration-seconds=0",
        "--node-port=0",
        "--server-address=",
    ]


def render(delays: Delays, speed: Speed) -> list[Json]:
    """The stages as kwok reads them."""
    stages: list[Json] = []
    for name in ("node.yaml", "pod.yaml"):
        for stage in yaml.safe_load_all((STAGES / name).read_text(encoding="utf-8")):
            stages.extend(_with_delays(stage, delays, speed))
    return stages


def _with_delays(stage: Json, delays: Delays, speed: Speed) -> list[Json]:
    match stage["metadata"]["name"]:
        case "pod-start":
            return [_delayed(stage, _plain(speed.real(delays.seconds("pod-start"))))]
        case "pod-complete":
            return [_delayed(stage, _plain(speed.real(delays.seconds("job-run"))))]
        case "pod-ready":
            special = [(k, _after_start(speed.real(delays.seconds(k.ready)))) for k in pod_kinds()]
            return _variants(stage, special, _after_start(speed.real(delays.seconds("pod-ready"))))
        case "pod-stop":
            special = [(k, _within_grace(delays.seconds(k.stop), speed)) for k in pod_kinds()]
            return _variants(stage, special, _within_grace(delays.seconds("pod-stop"), speed))
        case _:
            return [stage]


def _variants(stage: Json, special: list[tuple[PodKind, Json]], otherwise: Json) -> list[Json]:
    """One stage for each kind of pod, and one for pods of no kind."""
    stages = []
    for kind, delay in special:
        variant = _delayed(stage, delay)
        variant["metadata"]["name"] = f"{stage['metadata']['name']}-{kind.value}"
        variant["spec"]["selector"]["matchExpressions"].append(_labelled(kind, "In"))
        stages.append(variant)
    rest = _delayed(stage, otherwise)
    rest["spec"]["selector"]["matchExpressions"].extend(_labelled(kind, "NotIn") for kind, _ in special)
    return [*stages, rest]


def _labelled(kind: PodKind, operator: str) -> Json:
    return {"key": f'.metadata.labels["{kind.label}"]', "operator": operator, "values": [kind.value]}


def _delayed(stage: Json, delay: Json) -> Json:
    changed = copy.deepcopy(stage)
    changed["spec"]["delay"] = delay
    return changed


def _plain(real_seconds: float) -> Json:
    return {"durationMilliseconds": round(1000 * real_seconds)}


def _after_start(real_seconds: float) -> Json:
    if real_seconds < PRECISE_REAL_SECONDS:
        return _plain(real_seconds)
    # `todate` writes whole seconds; rounding up keeps a pod from being ready too early.
    end = f"{_STARTED} | fromdate + {int(real_seconds) + 1} | todate"
    return {**_plain(real_seconds), "durationFrom": {"expressionFrom": end}}


def _within_grace(simulated_seconds: float, speed: Speed) -> Json:
    """A stop takes its row's time, or the pod's grace period when that is shorter; both scale with the speed."""
    milliseconds = f"[.metadata.deletionGracePeriodSeconds, {simulated_seconds}] | min * 1000 / {speed.factor}"
    text = f'({milliseconds}) | floor | tostring + "ms"'
    return {**_plain(speed.real(simulated_seconds)), "durationFrom": {"expressionFrom": text}}
