"""How the API server shows an aggregated API that a request comes from it: certificates of an authority of their own.

Apart from the PKI, which is older: a sandbox from before has all it needs but these, and gets them at its next start.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sandbox.controlplane.certificates import Authority
from sandbox.controlplane.files import write_private

CLIENT = "front-proxy-client"
"""The common name of the API server's certificate. An aggregated API must accept no other."""
_FILES = ("ca.crt", f"{CLIENT}.crt", f"{CLIENT}.key")


@dataclass(frozen=True, kw_only=True)
class FrontProxy:
    """The files of one sandbox's front-proxy folder, readable by their owner alone; PEM."""

    folder: Path

    @property
    def ca(self) -> Path:
        """Certificate of the authority that vouches for the API server alone."""
        return self.folder / "ca.crt"

    @property
    def certificate(self) -> Path:
        """What the API server shows."""
        return self.folder / f"{CLIENT}.crt"

    @property
    def key(self) -> Path:
        """Its key."""
        return self.folder / f"{CLIENT}.key"


def ensure_front_proxy(folder: Path) -> FrontProxy:
    """What is in `folder`, or new ones where a file is missing: nobody else keeps a copy. Raises OSError."""
    made = FrontProxy(folder=folder)
    if all((folder / name).is_file() and (folder / name).stat().st_size for name in _FILES):
        return made
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    authority = Authority.made("p2p-nodes sandbox front proxy CA")
    write_private(partial / "ca.crt", authority.certificate_pem())
    authority.write_leaf(partial / f"{CLIENT}.crt", partial / f"{CLIENT}.key", CLIENT)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    return made
