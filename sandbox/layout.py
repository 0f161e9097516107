"""Where the sandbox keeps its things on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One sandbox on disk. All it writes is below `root`: removing `root` of a stopped sandbox removes it whole."""

    root: Path

    @classmethod
    def from_environment(cls) -> Layout:
        """The sandbox named by SANDBOX_HOME, or the one of this checkout (`.sandbox`)."""
        return cls(root=Path(os.environ.get("SANDBOX_HOME") or CHECKOUT / ".sandbox").resolve())

    @property
    def controlplane(self) -> Path:
        """Data, certificates and kubeconfig of etcd and the Kubernetes control plane."""
        return self.root / "controlplane"

    @property
    def endpoint(self) -> Path:
        """JSON with `server`, `host`, `ca_pem` and `token` of the running API server; mode 0600."""
        return self.controlplane / "endpoint.json"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig for `make kubectl`."""
        return self.controlplane / "kubeconfig"

    @property
    def simulator(self) -> Path:
        """The gcp simulator's store."""
        return self.root / "simulator"

    @property
    def bin(self) -> Path:
        """Executables that come first on the engine's PATH."""
        return self.root / "bin"

    @property
    def plugins(self) -> Path:
        """One folder a resource plugin, as `plugins.providers[].path` wants it."""
        return self.root / "plugins"

    @property
    def engine(self) -> Path:
        """The Automation API's work folder: generated Pulumi.yaml, stack settings, `state/` and `home/`."""
        return self.root / "engine"

    @property
    def logs(self) -> Path:
        """One log file for each process of the sandbox."""
        return self.root / "logs"

    @property
    def processes(self) -> Path:
        """Process ids with start times, so that a stale id is never mistaken for ours."""
        return self.root / "processes.json"
