"""Certificates, keys and tokens of one sandbox: made once, all or none, and kept through restarts."""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.controlplane.certificates import Authority, key_pem
from sandbox.controlplane.errors import ControlPlaneError
from sandbox.controlplane.files import write_private

_SERVER_NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
_USERS = {
    "admin": "system:masters",
    "system:kube-controller-manager": "",
    "system:kube-scheduler": "",
}


@dataclass(frozen=True, kw_only=True)
class Pki:
    """The files of one sandbox's pki folder, readable by their owner alone."""

    folder: Path

    @property
    def ca(self) -> Path:
        """Certificate of the authority that signed all the others; PEM."""
        return self.folder / "ca.crt"

    @property
    def ca_key(self) -> Path:
        """The authority's key; PEM."""
        return self.folder / "ca.key"

    @property
    def service_account_key(self) -> Path:
        """Key that signs service account tokens; PEM."""
        return self.folder / "service-account.key"

    @property
    def tokens(self) -> Path:
        """The API server's static token file: token, user, uid and groups in each line."""
        return self.folder / "tokens.csv"

    def certificate(self, name: str) -> Path:
        """Certificate `server` (on 127.0.0.1, for every server here) or `etcd-client` (the API server's for etcd)."""
        return self.folder / f"{name}.crt"

    def key(self, name: str) -> Path:
        """Key of that certificate; PEM."""
        return self.folder / f"{name}.key"

    def token(self, user: str) -> str:
        """The bearer token of one of the users. Raises ControlPlaneError if the file does not have it."""
        for line in self.tokens.read_text(encoding="utf-8").splitlines():
            fields = line.split(",")
            if len(fields) > 1 and fields[1] == user:
                return fields[0]
        raise _damaged(self.folder, f"{self.tokens.name} has no token for {user}")


def ensure_pki(folder: Path) -> Pki:
    """The existing PKI of `folder`, or a new one. Raises ControlPlaneError if the existing one is not complete."""
    pki = Pki(folder=folder)
    if folder.exists():
        files = [folder / name for name in _file_names()]
        missing = [file.name for file in files if not file.is_file() or not file.stat().st_size]
        if missing:
            raise _damaged(folder, f"missing or empty: {', '.join(missing)}")
        return pki
    # Named only when complete: an authority without its certificates would be worse than none.
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    _generate(Pki(folder=partial))
    partial.rename(folder)
    return pki


def _file_names() -> list[str]:
    pairs = [f"{name}.{kind}" for name in ("ca", "server", "etcd-client") for kind in ("crt", "key")]
    return [*pairs, "service-account.key", "tokens.csv"]


def _damaged(folder: Path, what: str) -> ControlPlaneError:
    return ControlPlaneError(
        f"The sandbox's certificates in {folder} are damaged ({what}). Clusters and kubeconfigs made with them "
        f"cannot be kept: begin a new sandbox with make down, then remove {folder.parent.parent}."
    )


def _generate(pki: Pki) -> None:
    authority = Authority.made("p2p-nodes sandbox CA")
    write_private(pki.ca, authority.certificate_pem())
    write_private(pki.ca_key, key_pem(authority.key))
    for name in ("server", "etcd-client"):
        authority.write_leaf(pki.certificate(name), pki.key(name), f"p2p-nodes sandbox {name}", _SERVER_NAMES)
    write_private(pki.service_account_key, key_pem(ec.generate_private_key(ec.SECP256R1())))
    lines = [f'{secrets.token_urlsafe(32)},{user},{user},"{groups}"\n' for user, groups in _USERS.items()]
    write_private(pki.tokens, "".join(lines))
