"""Whole checkouts of this project, each with a sandbox of its own, driven as a person drives them: by commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "__main__.py",
    "Makefile",
    "bootstrap",
    "components",
    "settings",
    "policies",
    "operations",
    "sandbox",
    "tools",
)
NOT_INHERITED = re.compile(r"SANDBOX_.*|PULUMI_.*|PROJECT|LOCATION|STACK|ARGS|MAKEFLAGS|MFLAGS|MAKELEVEL|GNUMAKEFLAGS")
"""Variables of whoever runs the tests that would choose another world than a test means."""
LIMIT = 300.0
"""Seconds after which a command counts as hanging."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a command ended."""

    code: int
    text: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A copy of the sources with a virtual environment and a sandbox."""

    root: Path
    environment: dict[str, str]

    def make(self, *arguments: str, code: int = 0, **environment: str) -> Outcome:
        """Runs `make` and requires its exit status (make's own for a failed recipe is 2)."""
        outcome = self.finish(self.begin(*arguments, **environment))
        assert outcome.code == code, outcome.text
        return outcome

    def begin(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Starts `make` in a process group of its own."""
        return subprocess.Popen(
            ["make", "--no-print-directory", *arguments],
            cwd=self.root,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def finish(self, process: subprocess.Popen[str]) -> Outcome:
        """Waits for a command; one that hangs is ended and fails the test."""
        began = time.monotonic()
        try:
            text, _ = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            text, _ = process.communicate()
            pytest.fail(f"hangs after {LIMIT:.0f} s:\n{text}\n{self.logs()}")
        return Outcome(code=process.returncode, text=text, seconds=time.monotonic() - began)

    def kubectl(self, arguments: str) -> str:
        """Output of kubectl against the sandbox."""
        return self.make("kubectl", f"ARGS={arguments}").text

    def load_balancers(self) -> dict[str, str]:
        """The address that each load balancer of the nodes has, by the pod's name."""
        services = json.loads(self.kubectl("get services -n p2p-node -o json"))["items"]
        return {
            one["metadata"]["name"]: one["status"]["loadBalancer"]["ingress"][0]["ip"]
            for one in services
            if one["spec"]["type"] == "LoadBalancer"
        }

    def settings(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Changes the sandbox's stack file."""
        path = self.root / "Pulumi.sandbox.yaml"
        document = yaml.safe_load(path.read_text())
        change(document["config"])
        path.write_text(yaml.safe_dump(document))

    def append(self, name: str, code: str) -> None:
        """Adds code at the end of a source file."""
        path = self.root / name
        path.write_text(path.read_text() + code)

    def processes(self) -> list[psutil.Process]:
        """Processes of this checkout's sandbox that still run, found by their environment."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("SANDBOX_HOME") == str(self.root / ".sandbox"):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def engine(self) -> psutil.Process | None:
        """The engine at work in this checkout."""
        for process in psutil.process_iter(["name"]):
            try:
                if process.info["name"] == "pulumi" and Path(process.cwd()) == self.root / ".sandbox" / "engine":
                    return process
            except psutil.Error:
                continue
        return None

    def logs(self) -> str:
        """The ends of the sandbox's logs, for a failure's message."""
        ends = []
        for log in sorted((self.root / ".sandbox" / "logs").glob("*.log")):
            ends.append(f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-5:]))
        return "\n".join(ends)


def copy_of_the_sources(root: Path) -> Checkout:
    """A checkout that shares nothing with this one but the virtual environment and the tool cache."""
    root.mkdir(parents=True)
    ignore = shutil.ignore_patterns("__pycache__", ".sandbox")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=ignore)
        else:
            shutil.copy2(source, root / name)
    for pattern in ("Pulumi*.yaml", "requirements*.txt", "constraints.txt"):
        for path in ROOT.glob(pattern):
            shutil.copy2(path, root / path.name)
    venv = root / ".venv"
    venv.symlink_to(Path(sys.prefix))
    environment = {name: value for name, value in os.environ.items() if not NOT_INHERITED.fullmatch(name)}
    return Checkout(root=root.resolve(), environment=environment)
