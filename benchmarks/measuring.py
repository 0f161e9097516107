"""Whole processes, timed, with the memory of everything that they start."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

SAMPLE_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One operation as a whole process."""

    seconds: float
    peak_mib: float
    """Peak of the sum of resident memory over the process and its descendants; pages they share count each time."""
    cpu_seconds: float = 0.0
    """Processor time of the process and of those descendants that were waited for."""


def measured(
    command: Sequence[str],
    *,
    what: str,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    statuses: Collection[int] = (0,),
) -> Measurement:
    """Runs a command to its end. Exits with what it wrote to standard error where its status is none of `statuses`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    peak = 0.0
    done = threading.Event()

    def sample() -> None:
        nonlocal peak
        root = psutil.Process(process.pid)
        while not done.wait(SAMPLE_SECONDS):
            peak = max(peak, tree_mib(root))

    sampler = threading.Thread(target=sample)
    sampler.start()
    _, errors = process.communicate()
    seconds = time.monotonic() - began
    done.set()
    sampler.join()
    if process.returncode not in statuses:
        sys.exit(f"{what} failed:\n{errors}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measurement(seconds=seconds, peak_mib=peak, cpu_seconds=cpu)


def middle(measurements: Sequence[Measurement]) -> Measurement:
    """The median of each figure by itself."""
    return Measurement(
        seconds=median(one.seconds for one in measurements),
        peak_mib=median(one.peak_mib for one in measurements),
        cpu_seconds=median(one.cpu_seconds for one in measurements),
    )


def tree_mib(root: psutil.Process) -> float:
    """Resident memory of a process and its descendants, in MiB."""
    total = 0
    try:
        for process in [root, *root.children(recursive=True)]:
            try:
                total += process.memory_info().rss
            except psutil.Error:
                continue
    except psutil.Error:
        return 0.0
    return total / 2**20
