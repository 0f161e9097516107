"""Other judges of manifests, with the nearest rules that they can express, built from their Go modules.

They are of the benchmark alone. Each has a module of its own here, whose `go.mod` pins it; `go build` takes about 20
minutes for both on two cores, once. The finished tools are kept in the cache folder of the sandbox's own tools.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox.toolchain.pins import cache_folder

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One of them. `arguments` judge the folder that comes after them; status 1 is a finding."""

    name: str
    module: str
    package: str
    stamp: str
    """The linker variable of its version."""
    arguments: tuple[str, ...]

    @property
    def version(self) -> str:
        """What its go.mod asks for."""
        lines = (_FOLDER / self.name / "go.mod").read_text(encoding="utf-8").splitlines()
        return next(line.split()[1] for line in lines if line.strip().startswith(f"{self.module} v"))

    def command(self, folder: Path) -> list[str]:
        """What judges a folder of manifests."""
        return [str(self._built), *self.arguments, str(folder)]

    def build(self) -> None:
        """Builds it where it is not built yet. Exits where it cannot be."""
        if self._built.is_file():
            return
        print(f"building {self.name} {self.version}: minutes, once", file=sys.stderr, flush=True)
        self._built.parent.mkdir(parents=True, exist_ok=True)
        partial = self._built.with_suffix(f".{os.getpid()}.partial")
        flags = ["-mod=readonly", "-buildvcs=false", "-ldflags", f"-X {self.stamp}={self.version}"]
        try:
            built = subprocess.run(
                ["go", "build", *flags, "-o", str(partial), self.package],
                cwd=_FOLDER / self.name,
                env={**os.environ, "CGO_ENABLED": "0"},
                check=False,
            )
        except FileNotFoundError:
            sys.exit("Go is not on PATH: install it, or run the benchmark with --only engine")
        if built.returncode != 0:
            partial.unlink(missing_ok=True)
            sys.exit(f"{self.name} cannot be built; what go says above is the cause")
        partial.replace(self._built)

    @property
    def _built(self) -> Path:
        pins = b"".join((_FOLDER / self.name / file).read_bytes() for file in ("go.mod", "go.sum"))
        return cache_folder(os.environ) / f"benchmark-{self.name}-{hashlib.sha256(pins).hexdigest()[:16]}" / self.name


CONFTEST = Peer(
    name="conftest",
    module="github.com/open-policy-agent/conftest",
    package="github.com/open-policy-agent/conftest",
    stamp="github.com/open-policy-agent/conftest/internal/version.Version",
    arguments=("test", "--no-color", "--policy", str(_FOLDER / "conftest" / "policy")),
)
KYVERNO = Peer(
    name="kyverno",
    module="github.com/kyverno/kyverno",
    package="github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno",
    stamp="github.com/kyverno/kyverno/pkg/version.BuildVersion",
    arguments=("apply", str(_FOLDER / "kyverno" / "policies"), "--resource"),
)
