"""Where the API server is and how to get in: endpoint.json and kubeconfigs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from sandbox.controlplane.errors import ControlPlaneError
from sandbox.controlplane.files import write_private


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """`server` is a URL, `host` the same without the scheme, `ca_pem` a PEM certificate, `token` the admin's."""

    server: str
    host: str
    ca_pem: str
    token: str


def make_endpoint(port: int, ca: Path, token: str) -> Endpoint:
    """The endpoint of an API server on this loopback port."""
    host = f"127.0.0.1:{port}"
    return Endpoint(server=f"https://{host}", host=host, ca_pem=ca.read_text("utf-8"), token=token)


def write_endpoint(file: Path, endpoint: Endpoint) -> None:
    """Replaces endpoint.json; mode 0600."""
    write_private(file, json.dumps(asdict(endpoint), indent=2) + "\n")


def read_endpoint(file: Path) -> Endpoint:
    """The endpoint of this sandbox. Raises ControlPlaneError if it was never started or the file is damaged."""
    try:
        content = json.loads(file.read_text("utf-8"))
        return Endpoint(**{name: str(content[name]) for name in ("server", "host", "ca_pem", "token")})
    except FileNotFoundError:
        raise ControlPlaneError(f"There is no control plane yet ({file} does not exist). Start it: make up") from None
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise ControlPlaneError(
            f"{file} is damaged ({problem!r}). It is written anew at every start, nothing else is lost: make up"
        ) from problem


def write_kubeconfig(file: Path, endpoint: Endpoint, ca: Path, user: str, token: str) -> None:
    """Replaces a kubeconfig with one cluster, one user and one context named p2p-nodes-sandbox; mode 0600."""
    name = "p2p-nodes-sandbox"
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": endpoint.server, "certificate-authority": str(ca)}}],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": user}}],
        "current-context": name,
    }
    write_private(file, yaml.safe_dump(content, sort_keys=False))
