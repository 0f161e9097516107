"""The web server of the egress benchmark: nginx, with answers that are in memory."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.controlplane.certificates import Authority
from sandbox.egress.namespaces import Namespace

SMALL = 1_024
"""Bytes of the answer at /small."""
_START_SECONDS = 10.0
_CONF = """\
daemon off;
pid nginx.pid;
error_log stderr warn;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    default_type text/plain;
    keepalive_requests 1000000000;
    keepalive_timeout 10m;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{
        listen {address}:80;
        listen {address}:443 ssl;
        ssl_certificate server.crt;
        ssl_certificate_key server.key;
        location = /small {{ return 200 "{small}"; }}
    }}
}}
"""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running one, for HTTP on port 80 and HTTPS on port 443."""

    version: str
    ca_file: Path
    """Certificate of the authority that its certificate is from; PEM."""


@contextlib.contextmanager
def serving(namespace: Namespace, folder: Path, name: str) -> Iterator[Server]:
    """One worker on the namespace's address, under a DNS name. Exits where there is no nginx."""
    if shutil.which("nginx") is None:
        sys.exit("nginx is not on PATH: apt-get install nginx-light, or your system's package")
    asked = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True)
    folder.mkdir()
    authority = Authority.made("Egress benchmark CA")
    (folder / "ca.crt").write_bytes(authority.certificate_pem())
    authority.write_leaf(folder / "server.crt", folder / "server.key", "Egress benchmark", [name])
    folder.chmod(0o755)
    conf = _CONF.format(address=namespace.address, small="x" * SMALL)
    (folder / "nginx.conf").write_text(conf, encoding="ascii")
    with (folder / "complaints").open("wb") as complaints:
        process = namespace.start(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=complaints)
    try:
        _wait(namespace, folder)
        yield Server(version=asked.stderr.rpartition("/")[2].strip(), ca_file=folder / "ca.crt")
    finally:
        process.terminate()
        process.wait()


def _wait(namespace: Namespace, folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            namespace.connect(namespace.address, 443).close()
        except OSError:
            if time.monotonic() > deadline:
                sys.exit(f"nginx does not listen; it said:\n{(folder / 'complaints').read_text(encoding='utf-8')}")
            time.sleep(0.05)
        else:
            return
