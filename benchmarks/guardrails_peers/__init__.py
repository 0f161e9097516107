"""Other judges of manifests, with the nearest rules that they can express, built from their Go modules; 20 minutes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.go_program import GoProgram

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Peer(GoProgram):
    """One of them. `arguments` judge the folder that comes after them; status 1 is a finding."""

    arguments: tuple[str, ...]

    def command(self, folder: Path) -> list[str]:
        """What judges a folder of manifests."""
        return [str(self.path), *self.arguments, str(folder)]


CONFTEST = Peer(
    folder=_FOLDER / "conftest",
    module="github.com/open-policy-agent/conftest",
    package="github.com/open-policy-agent/conftest",
    stamp="github.com/open-policy-agent/conftest/internal/version.Version",
    arguments=("test", "--no-color", "--policy", str(_FOLDER / "conftest" / "policy")),
)
KYVERNO = Peer(
    folder=_FOLDER / "kyverno",
    module="github.com/kyverno/kyverno",
    package="github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno",
    stamp="github.com/kyverno/kyverno/pkg/version.BuildVersion",
    arguments=("apply", str(_FOLDER / "kyverno" / "policies"), "--resource"),
)
