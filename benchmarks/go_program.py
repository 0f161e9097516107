"""Programs of the benchmarks alone, built from Go modules.

Each has a folder whose `go.mod` pins it; `go build` takes from half a minute to 20 minutes on two cores, once. The
finished programs are kept in the cache folder of the sandbox's own tools.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox.toolchain.pins import cache_folder


@dataclass(frozen=True, kw_only=True)
class GoProgram:
    """One of them, called like its folder."""

    folder: Path
    module: str
    package: str
    stamp: str
    """The linker variable of its version."""

    @property
    def name(self) -> str:
        """As it is called in what is printed."""
        return self.folder.name

    @property
    def version(self) -> str:
        """What its go.mod asks for."""
        lines = (self.folder / "go.mod").read_text(encoding="utf-8").splitlines()
        return next(line.split()[1] for line in lines if line.strip().startswith(f"{self.module} v"))

    @property
    def path(self) -> Path:
        """Where it is once it is built."""
        pins = b"".join((self.folder / file).read_bytes() for file in ("go.mod", "go.sum"))
        return cache_folder(os.environ) / f"benchmark-{self.name}-{hashlib.sha256(pins).hexdigest()[:16]}" / self.name

    def build(self) -> None:
        """Builds it where it is not built yet. Exits where it cannot be."""
        if self.path.is_file():
            return
        print(f"building {self.name} {self.version}: minutes, once", file=sys.stderr, flush=True)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(f".{os.getpid()}.partial")
        flags = ["-mod=readonly", "-buildvcs=false", "-ldflags", f"-X {self.stamp}={self.version}"]
        try:
            built = subprocess.run(
                ["go", "build", *flags, "-o", str(partial), self.package],
                cwd=self.folder,
                env={**os.environ, "CGO_ENABLED": "0"},
                check=False,
            )
        except FileNotFoundError:
            sys.exit(f"{self.name} has to be built, and Go is not on PATH: install it")
        if built.returncode != 0:
            partial.unlink(missing_ok=True)
            sys.exit(f"{self.name} cannot be built; what go says above is the cause")
        partial.replace(self.path)
