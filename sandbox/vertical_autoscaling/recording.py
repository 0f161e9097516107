"""The time series of a demonstration: one sample at each change and each second."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.vertical_autoscaling.scene import PodFacts, Scene
from sandbox.vertical_autoscaling.usage import Usage


@dataclass(frozen=True, kw_only=True)
class PodSample:
    """One pod at one moment. `request_mib` is None while there is no pod of that name; MiB throughout.

    `claims` are the names of its PersistentVolumeClaims.
    """

    used_mib: float
    request_mib: float | None
    limit_mib: float | None
    up: bool
    restarts: int
    node: str
    machine: str
    claims: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """`seconds` are real ones since the beginning of the profile; negative before."""

    seconds: float
    pods: Mapping[str, PodSample]
    target_mib: float | None
    lower_mib: float | None

    @property
    def down(self) -> list[str]:
        """Names of the pods that are not there for others."""
        return [name for name, pod in self.pods.items() if not pod.up]


@dataclass(kw_only=True)
class Recording:
    """Samples in order of time."""

    samples: list[Sample] = field(default_factory=list)
    _uids: dict[str, list[str]] = field(default_factory=dict)

    def take(self, seconds: float, scene: Scene, usage: Usage) -> Sample:
        """Adds what is now."""
        for name, pod in scene.pods.items():
            known = self._uids.setdefault(name, [])
            # kwok may delete a pod once more by its name, before the new one was on any machine: no process restarted.
            if pod.node and pod.uid not in known:
                known.append(pod.uid)
        now = scene.recommendation
        sample = Sample(
            seconds=round(seconds, 2),
            pods={name: self._pod(name, scene.pods.get(name), scene, usage) for name in sorted(self._uids)},
            target_mib=now.target_mib if now else None,
            lower_mib=now.lower_mib if now else None,
        )
        self.samples.append(sample)
        return sample

    def restarts(self) -> dict[str, int]:
        """How often each pod was made anew and came to a machine."""
        return {name: self._restarts(name) for name in sorted(self._uids)}

    def most_down(self) -> int:
        """How many pods were down at once, at the worst moment."""
        return max((len(sample.down) for sample in self.samples), default=0)

    def _restarts(self, name: str) -> int:
        return max(0, len(self._uids[name]) - 1)

    def _pod(self, name: str, pod: PodFacts | None, scene: Scene, usage: Usage) -> PodSample:
        running = pod is not None and bool(pod.node)
        return PodSample(
            used_mib=usage.within(pod.limit_mib).memory_mib if pod and running else 0.0,
            request_mib=pod.request_mib if pod else None,
            limit_mib=pod.limit_mib if pod else None,
            up=bool(pod and pod.up),
            restarts=self._restarts(name),
            node=pod.node if pod else "",
            machine=scene.machine(name),
            claims=pod.claims if pod else (),
        )


COLUMNS = (
    "seconds",
    "pod",
    "used_mib",
    "request_mib",
    "limit_mib",
    "target_mib",
    "lower_bound_mib",
    "up",
    "restarts",
    "node",
    "machine",
    "claims",
)


def table(samples: Iterable[Sample]) -> str:
    """The samples as CSV, a row for each pod of each; empty where there is no pod or no recommendation yet.

    Several claims of one pod are separated by spaces.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for sample in samples:
        for name, pod in sample.pods.items():
            numbers = (pod.used_mib, pod.request_mib, pod.limit_mib, sample.target_mib, sample.lower_mib)
            writer.writerow(
                [
                    sample.seconds,
                    name,
                    *("" if number is None else f"{number:.0f}" for number in numbers),
                    "yes" if pod.up else "no",
                    pod.restarts,
                    pod.node,
                    pod.machine,
                    " ".join(pod.claims),
                ]
            )
    return text.getvalue()


def names(samples: Sequence[Sample]) -> list[str]:
    """Every pod that is in one of the samples."""
    return sorted({name for sample in samples for name in sample.pods})
