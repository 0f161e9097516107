"""Whole processes, timed, with the memory of everything that they start."""

from __future__ import annotations

import resource
import signal
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
END_SECONDS = 60.0
"""What an interrupted command has to end what it started, before it is killed."""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One operation as a whole process."""

    seconds: float
    peak_mib: float
    """Peak of the sum of resident memory over the process and its descendants; pages they share count each time."""
    cpu_seconds: float = 0.0
    """Processor time of the process and its descendants: of those that were waited for, or, where that is more, of all
    that were seen, up to SAMPLE_SECONDS before each ended."""


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
    used: dict[int, float] = {}
    done = threading.Event()

    def sample() -> None:
        nonlocal peak
        root = psutil.Process(process.pid)
        while not done.wait(SAMPLE_SECONDS):
            found = tree(root)
            peak = max(peak, sum(mib for mib, _ in found.values()))
            used.update({pid: seconds for pid, (_, seconds) in found.items()})

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        _, errors = process.communicate()
        seconds = time.monotonic() - began
    except BaseException:
        end(process)
        raise
    finally:
        done.set()
        sampler.join()
    if process.returncode not in statuses:
        sys.exit(f"{what} failed:\n{errors}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measurement(seconds=seconds, peak_mib=peak, cpu_seconds=max(cpu, sum(used.values())))


def end(process: subprocess.Popen[str]) -> None:
    """Interrupts a command as Ctrl-C does, and kills it where that does not end it."""
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def middle(measurements: Sequence[Measurement]) -> Measurement:
    """The median of each figure by itself."""
    return Measurement(
        seconds=median(one.seconds for one in measurements),
        peak_mib=median(one.peak_mib for one in measurements),
        cpu_seconds=median(one.cpu_seconds for one in measurements),
    )


def tree(root: psutil.Process) -> dict[int, tuple[float, float]]:
    """By their ids, a process and its descendants: resident memory in MiB, and processor time in seconds."""
    found: dict[int, tuple[float, float]] = {}
    try:
        for process in [root, *root.children(recursive=True)]:
            try:
                times = process.cpu_times()
                found[process.pid] = (process.memory_info().rss / 2**20, times.user + times.system)
            except psutil.Error:
                continue
    except psutil.Error:
        return {}
    return found
